import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const input = (name: string) => readFile(join(FIXTURES, name), "utf8");
const policy = (name = "policy.json") => ["--policy", join(FIXTURES, name)];

async function classify(name: string, ...args: string[]) {
  const { stdout } = await runCli(["classify", "--json", ...args], { stdin: await input(name) });
  return JSON.parse(stdout);
}

test("an upgrade-info.json of a later height than the node was at corroborates nothing", async () => {
  const { verdict, recommendation } = await classify("upgrade-info-of-a-later-height.json", ...policy());
  expect(verdict).toMatchObject({ kind: "halted", corroborated: false, sources: ["exit-code"] });
  expect(verdict.contradictions).toEqual([
    "The file upgrade-info.json is of height 1325860, the node was at 22489.",
  ]);
  expect(recommendation).toMatchObject({ action: "page", reason: "PlanNotNamed" });
});

test("a scheduled upgrade whose info quotes a halt line corroborates nothing", async () => {
  const { verdict, recommendation } = await classify("scheduled-line-quotes-halt-line.json", ...policy());
  expect(verdict).toMatchObject({ corroborated: false, sources: ["exit-code"], contradictions: [] });
  expect(recommendation.action).toBe("page");
});

test("a downgrade is read from the lower-case text of newer SDKs", async () => {
  const { verdict } = await classify("lower-case-wrong-app-version.json");
  expect(verdict).toMatchObject({ reason: 72, plan: "v6.6", corroborated: true });
  expect(verdict.sources).toEqual(["exit-code", "plan-line"]);
});

test.each([
  ["a process that runs on after its halt line", "runs-on-after-halt-line.json", []],
  [
    "a pod that was started again after its halt line",
    "pod-restarted-after-halt-line.json",
    ["--from", "pod"],
  ],
])("%s is running, and the line is named", async (_, name, args) => {
  const { verdict } = await classify(name, ...args);
  expect(verdict.kind).toBe("running");
  expect(verdict.contradictions).toEqual([
    expect.stringContaining("Its log has a halt line of upgrade_required (plan v6.7 at height 12)."),
  ]);
});

test("a page for a plan that the node did not name says so", async () => {
  const args = ["--from", "pod", ...policy("policy-no-height.json")];
  const { recommendation } = await classify("pod-with-long-info.json", ...args);
  expect(recommendation).toMatchObject({ action: "page", reason: "PlanNotNamed" });
  expect(recommendation.why).toMatch(/^The node did not name its plan, so no image can be chosen\. /);
});

test("a page for a plan that is listed at another height names both heights", async () => {
  const { recommendation } = await classify(
    "listed-at-another-height.json",
    ...policy("policy-height-31.json"),
  );
  expect(recommendation).toMatchObject({ action: "page", reason: "ListedForAnotherHeight" });
  expect(recommendation.why).toMatch(/^v6\.7 is listed for height 31, the node halted at 30\. /);
});

test("a plan whose name looks like the text around it is read whole", async () => {
  const { verdict } = await classify("plan-named-like-the-text.json");
  expect(verdict).toMatchObject({ reason: 72, plan: "Canis Major upgrade plan B", corroborated: true });
});

test("a container that was made and not started did not stop", async () => {
  const { verdict } = await classify("podman-created.json", "--from", "docker");
  expect(verdict).toMatchObject({ kind: "unknown", why: expect.stringMatching(/^It waits to be started/) });
});

const ended = (status: string) => ({ SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: status });

test("Docker's json-file is read through, also where the node logs JSON itself", async () => {
  const args = ["systemd-hook", "--json", "--log", join(FIXTURES, "docker-json-file.log.txt")];
  const { verdict } = JSON.parse((await runCli(args, { env: ended("70") })).stdout);
  expect(verdict).toMatchObject({ plan: "v6.7", height: 12, corroborated: true });
});

test("the hook's one line names a halt line that its verdict cannot explain", async () => {
  const args = ["systemd-hook", "--log", join(FIXTURES, "cosmovisor-exit-1.log.txt")];
  const { stdout } = await runCli(args, { env: ended("1") });
  expect(stdout).toBe(
    "crashed: error. It exited with 1, as a program that failed does. Its log has a halt line of upgrade_required (plan v6.7 at height 12).\n",
  );
});

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "upgrade-halt-journal-"));
  const lines = (await readFile(join(FIXTURES, "panic-with-99-lines.log.txt"), "utf8")).trimEnd().split("\n");
  const entries = lines.map((MESSAGE) => `${JSON.stringify({ __CURSOR: "s", _BOOT_ID: "1", MESSAGE })}\n`);
  await writeFile(join(path, "entries"), entries.join(""));
  // As journalctl does, it keeps to the last entries that it is asked for.
  const script = `#!/bin/sh\nfor a in "$@"; do case $a in --lines=*) exec tail -n "\${a#--lines=}" "${path}/entries";; esac; done\n`;
  await writeFile(join(path, "journalctl"), script);
  await chmod(join(path, "journalctl"), 0o755);
});
afterAll(() => rm(path, { recursive: true }));

test("the journal is read as far back as a log file", async () => {
  const before = process.env.PATH;
  process.env.PATH = `${path}:${before}`;
  const env = { ...ended("2"), INVOCATION_ID: "0123456789abcdef0123456789abcdef" };
  const journal = await runCli(["systemd-hook", "--journal", "--json"], { env });
  process.env.PATH = before;
  const log = join(FIXTURES, "panic-with-99-lines.log.txt");
  const file = await runCli(["systemd-hook", "--log", log, "--json"], { env: ended("2") });
  expect(journal.stdout).toBe(file.stdout);
  expect(JSON.parse(journal.stdout).verdict.contradictions).toEqual([
    "Its log has a halt line of upgrade_required (plan v6.7 at height 40).",
  ]);
});
