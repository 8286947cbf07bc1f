import { expect, test } from "vitest";
import { decodeStatus } from "./decode-status.ts";

const result = {
  node_info: { network: "pacific-1", moniker: "sei-0" },
  sync_info: { latest_block_height: "151573570", catching_up: false },
};

test("reads Sei's bare body", () => {
  expect(decodeStatus(result)).toEqual({
    kind: "status",
    envelope: "bare",
    node: {
      chainId: "pacific-1",
      moniker: "sei-0",
      height: 151573570,
      catchingUp: false,
      haltIntent: { kind: "absent" },
    },
  });
});

test.each([
  ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C"],
  ["9a16b31c0b5fb4d2d4c3e9c3f5d6e7f8091a2b3c", "9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C"],
  ["9A16", undefined],
  ["", undefined],
  [7, undefined],
])("the validator's address %j is read as %j", (address, read) => {
  const decoded = decodeStatus({ ...result, validator_info: { address } });
  expect(decoded.kind === "status" && decoded.node.validatorAddress).toBe(read);
});

test("reads the same out of a JSON-RPC envelope", () => {
  const bare = decodeStatus(result);
  const enveloped = decodeStatus({ jsonrpc: "2.0", id: -1, result });
  expect(enveloped).toEqual({ ...bare, envelope: "json-rpc" });
});

test("sees a halt whatever is wrong around it", () => {
  const intent = { reason: "70", reason_string: "upgrade_required", announced_at: "2026-08-21T17:59:41.12Z" };
  for (const rest of [{}, { node_info: 5, sync_info: [] }, { sync_info: { latest_block_height: {} } }]) {
    expect(decodeStatus({ ...rest, halt_intent: intent })).toMatchObject({
      kind: "status",
      node: { haltIntent: { kind: "intent", intent: { reason: 70 } } },
    });
  }
});

test("a field that is null says that the node could not say", () => {
  expect(decodeStatus({ ...result, halt_intent: null })).toMatchObject({
    node: { haltIntent: { kind: "unavailable" } },
  });
});

test.each([
  "-1",
  "1e3",
  "0x10",
  " 5",
  "05",
  "5.0",
  "99999999999999999999",
  1.5,
  -1,
  2 ** 53,
  null,
  true,
  {},
  ["5"],
])("%j is no height", (height) => {
  const body = { ...result, sync_info: { latest_block_height: height } };
  expect(decodeStatus(body)).toMatchObject({ kind: "status", node: { height: undefined } });
});

test("__proto__ and constructor are fields like any other, and reach nothing", () => {
  const body = JSON.parse(
    '{"__proto__":{"node_info":{"network":"evil"}},"constructor":{"prototype":{"polluted":1}},"sync_info":{"__proto__":{"latest_block_height":"5"}}}',
  );
  expect(decodeStatus(body)).toMatchObject({
    kind: "status",
    node: { chainId: undefined, height: undefined },
  });
  expect({}).not.toHaveProperty("polluted");
});

test("of duplicate keys the last counts, as for encoding/json", () => {
  const body = JSON.parse('{"sync_info":{"latest_block_height":"1","latest_block_height":"2"}}');
  expect(decodeStatus(body)).toMatchObject({ node: { height: 2 } });
});

test.each([null, 5, "x", [], [result], { jsonrpc: "2.0", result: null }, { jsonrpc: "2.0", result: [] }, {}])(
  "%j is no status",
  (body) => {
    expect(decodeStatus(body)).toMatchObject({ kind: "not-a-status" });
  },
);
