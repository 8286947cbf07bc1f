import { ShutdownReason } from "@upgrade-halt/contract";
import { describe, expect, test } from "vitest";
import type { Evidence } from "../../evidence.ts";
import { announceTest } from "../../testing/announce-place.ts";
import { runCommand } from "../../testing/command.ts";
import { toldOfStanding } from "./standing-node.ts";

const { BinaryTooNew, DowngradeDetected, UpgradeRequired } = ShutdownReason;
const at = 100_000;
const standing: Evidence = {
  status: {
    kind: "answered",
    at,
    envelope: "json-rpc",
    node: { height: 29, haltIntent: { kind: "absent" } },
  },
  heightStillSince: at - 31_000,
};

describe("of a node that lives on with the wrong release, and stands still", () => {
  test.each([
    [
      BinaryTooNew,
      "binary_too_new (plan v6.7)",
      "Stop it, find out which release applied the last plan, and start that one.",
    ],
    [DowngradeDetected, "downgrade_detected (plan v6.7)", "Stop it, and start a release that has the plan."],
  ] as const)("%i is told with what to do", (reason, claim, advice) => {
    expect(toldOfStanding([{ reason, plan: "v6.7", ending: true }], standing)).toBe(
      `the node says that it halted for ${claim}, lives on, and has stood still at height 29 for 31 s. ` +
        `What a node logs while it runs proves nothing, so nothing is announced. ${advice}`,
    );
  });

  test.each<[string, Partial<Evidence>, object]>([
    ["its height moved a while ago", { heightStillSince: at - 29_000 }, {}],
    ["no height was seen to stand", { heightStillSince: undefined }, {}],
    ["it does not answer", { status: { kind: "silent", at, problem: "" } }, {}],
    ["its halt is one for an upgrade", {}, { reason: UpgradeRequired, height: 30 }],
    ["the line can be read in another way", {}, { unsure: true }],
    ["the line is of a process before it", {}, { replaced: true }],
  ])("nothing is told where %s", (_, evidence, line) => {
    const lines = [{ reason: BinaryTooNew, plan: "v6.7", ...line }];
    expect(toldOfStanding(lines, { ...standing, ...evidence })).toBeUndefined();
  });
});

/** Says it as the newest Cosmos SDK does, and ends by itself once it was asked many more times. */
const zombie = (port: number) => `
const text = 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain';
let asked = 0;
require("node:http").createServer((_, response) => {
  response.end('{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"test-1"},"sync_info":{"latest_block_height":"29"}}}');
  asked += 1;
  if (asked === 3) console.error("7:48AM ERR " + text + '\\n7:48AM ERR CONSENSUS FAILURE!!! err=' + JSON.stringify(text) + ' module=consensus');
  if (asked === 15) process.exit(0);
}).listen(${port}, "127.0.0.1");`;

announceTest("it is told once, on standard error, and nothing is announced", async ({ place }) => {
  const command = ["--", process.execPath, "-e", zombie(place.port)];
  const { code, stderr } = await runCommand([...place.announce("--standstill", "300"), ...command]);
  expect(stderr.match(/^upgrade-halt: the node says that it halted for binary_too_new/gm)).toHaveLength(1);
  expect(stderr).not.toContain("announced for the node");
  expect(code, stderr).toBe(0);
});
