import { expect, test } from "vitest";
import { runCli } from "../../testing/cli.ts";
import { nodeAnswering } from "../../testing/http-node.ts";

const healthy = { sync_info: { latest_block_height: "30" } };
const halted = { ...healthy, halt_intent: { reason: 70, reason_string: "upgrade_required" } };
const unrecognised = { ...healthy, halt_intent: { reason: 85 } };
const damaged = { ...healthy, halt_intent: "70" };
const unavailable = { ...healthy, halt_intent: null };

test.each([
  ["healthy", healthy, "--expect-not-halted", 0],
  ["halted", halted, "--expect-not-halted", 1],
  ["halted for something new", unrecognised, "--expect-not-halted", 1],
  ["halted and garbled", damaged, "--expect-not-halted", 1],
  ["unable to say", unavailable, "--expect-not-halted", 1],
  ["healthy", healthy, "--expect-halted", 1],
  ["halted", halted, "--expect-halted", 0],
  ["halted for something new", unrecognised, "--expect-halted", 0],
  ["unable to say", unavailable, "--expect-halted", 1],
])("a node that is %s, checked: %#", async (_, body, expectation, expected) => {
  await using node = await nodeAnswering(body);
  const { code } = await runCli(["check", node.url, expectation]);
  expect(code).toBe(expected);
});

test("a node that does not answer fits no expectation", async () => {
  for (const expectation of ["--expect-halted", "--expect-not-halted"]) {
    expect((await runCli(["check", "http://127.0.0.1:1", expectation])).code).toBe(1);
  }
});

test.each([
  ["--expect-not-halted", 1],
  ["--expect-halted", 0],
])("--json says in one line what was found, whether %s holds or not", async (expectation, expected) => {
  await using node = await nodeAnswering(halted);
  const { code, stdout } = await runCli(["check", node.url, expectation, "--json"]);
  expect(code).toBe(expected);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({
    url: node.url,
    ok: expected === 0,
    verdict: { kind: "halted", reason: 70 },
  });
});

test("an expectation has to be named, and only one", async () => {
  expect((await runCli(["check", "http://127.0.0.1:1"])).code).toBe(64);
  const both = ["check", "http://127.0.0.1:1", "--expect-halted", "--expect-not-halted"];
  expect((await runCli(both)).code).toBe(64);
});
