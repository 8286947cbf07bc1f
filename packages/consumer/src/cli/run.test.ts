import { expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { nodeAnswering } from "../testing/http-node.ts";

const HALTED = {
  node_info: { network: "pacific-1" },
  sync_info: { latest_block_height: "30" },
  halt_intent: {
    reason: 70,
    reason_string: "upgrade_required",
    plan_name: "v6.7",
    height: 30,
    announced_at: "2026-08-21T17:59:41.12Z",
  },
};

test("explain says what a code means", async () => {
  const { code, stdout } = await runCli(["explain", "71"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^71 is binary_too_new: /);
});

test("status shows the halt that a node announces", async () => {
  await using node = await nodeAnswering(HALTED);
  const { code, stdout } = await runCli(["status", node.url]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^halted: upgrade_required \(plan v6\.7 at height 30\), not corroborated\n/);
});

test("classify reads evidence from standard input", async () => {
  const evidence = { process: { kind: "ended", end: { kind: "exited", code: 2 } } };
  const { code, stdout } = await runCli(["classify", "--json"], { stdin: JSON.stringify(evidence) });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).verdict).toMatchObject({ kind: "crashed", cause: { kind: "panic", code: 2 } });
});

test.each([
  [["explain", "x"], 64],
  [["bogus"], 64],
  [["status"], 64],
  [["status", "http://127.0.0.1:1"], 1],
  [["status", "file:///etc/passwd"], 1],
  [["classify"], 64],
])("%j fails with one sentence and exit code %i", async (args, expected) => {
  const { code, stdout, stderr } = await runCli(args);
  expect(code).toBe(expected);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^upgrade-halt: [^\n]+\.\n$/);
});
