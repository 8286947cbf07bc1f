import { expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { runCommand } from "../testing/command.ts";
import { nodeAnswering } from "../testing/http-node.ts";

const FORGED = {
  "a newline": "v6.7\nrunning at 30",
  "ANSI escapes": "v6.7\u001b[2J\u001b[31m",
  "an OSC title": "v6.7\u001b]0;owned\u0007",
  "C1 controls": "v6.7\u009b2J",
  "bidi marks": "v6.\u202e7",
  "an invisible character": "v6.7\u200b",
  "a lone surrogate": "v6.7\ud800",
};
const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const statusOf = (plan_name: string) => ({
  sync_info: { latest_block_height: "30" },
  halt_intent: {
    reason: 70,
    reason_string: "upgrade_required",
    plan_name,
    height: 30,
    announced_at: "2026-08-21T17:59:41Z",
  },
});

test.each(Object.entries(FORGED))("a plan name with %s reaches no terminal raw", async (_, name) => {
  await using node = await nodeAnswering(statusOf(name));
  for (const args of [
    ["status", node.url],
    ["status", node.url, "--json"],
    ["watch", node.url],
    ["watch", node.url, "--json"],
    ["check", node.url, "--expect-not-halted"],
  ]) {
    const { stdout, stderr } = await runCli(args, { interruptAfterLines: 1 });
    const lines = `${stdout}${stderr}`.split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(RAW);
  }
});

test("JSON keeps what the name was", async () => {
  const name = FORGED["ANSI escapes"];
  await using node = await nodeAnswering(statusOf(name));
  const { stdout } = await runCli(["status", node.url, "--json"]);
  expect(JSON.parse(stdout).verdict.plan).toBe(name);
});

test("arguments and errors that repeat them are printable too", async () => {
  const { code, stderr } = await runCommand(["explain", "7\u001b[2J0"]);
  expect(code).toBe(64);
  expect(stderr.trimEnd()).not.toMatch(RAW);
  const unknown = await runCommand(["\u001b[2Jbogus"]);
  expect(unknown.code).toBe(64);
  expect(unknown.stderr.trimEnd()).not.toMatch(RAW);
});
