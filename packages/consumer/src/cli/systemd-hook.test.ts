import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";

const ended = (status: string) => ({ SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: status });

test("says how the service ended", async () => {
  const { code, stdout } = await runCli(["systemd-hook"], { env: ended("72") });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: downgrade_detected, not corroborated\. /);
});

test("finds the halt line in a log file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-hook-"));
  const log = join(folder, "seid.log");
  await writeFile(log, `${"x".repeat(100_000)}\nUPGRADE "v6.7" NEEDED at height: 30: \n`);
  const { stdout } = await runCli(["systemd-hook", "--json", "--log", log], { env: ended("70") });
  await rm(folder, { recursive: true });
  expect(JSON.parse(stdout).verdict).toMatchObject({ plan: "v6.7", height: 30, corroborated: true });
});

test("without a journal it judges by the exit code", async () => {
  const env = { ...ended("70"), INVOCATION_ID: "0123456789abcdef0123456789abcdef" };
  const { code, stdout } = await runCli(["systemd-hook", "--journal"], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: upgrade_required, not corroborated\. /);
});

test.each([
  [["systemd-hook"], {}, 64],
  [["systemd-hook", "--log", "/nowhere/log"], ended("70"), 1],
])("%j in %j fails with one sentence", async (args, env, expected) => {
  const { code, stderr } = await runCli(args, { env });
  expect(code).toBe(expected);
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});
