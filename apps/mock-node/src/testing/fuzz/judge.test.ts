import { describe, expect, it } from "vitest";
import { defectOf } from "./judge.ts";

const json = (body: string, status = 200) =>
  ({ kind: "http", status, type: "application/json", body }) as const;

describe("the judge of answers", () => {
  it.each([
    ["json-rpc", json('{"jsonrpc":"2.0","id":1,"result":{}}')],
    ["json-rpc", json('[{"jsonrpc":"2.0","id":null,"error":{"code":1}}]')],
    ["json-rpc", json("")],
    ["http", json("{}", 417)],
    ["garbage", { kind: "closed" }],
    ["unfinished", { kind: "silent" }],
  ] as const)("passes a valid one to %s: %j", (kind, reply) => {
    expect(defectOf(kind, reply)).toBeUndefined();
  });

  it.each([
    ["json-rpc", json('{"jsonrpc":"2.0","id":1}')],
    ["json-rpc", json('{"jsonrpc":"2.0","id":1,"result":{},"error":{}}')],
    ["json-rpc", json('{"id":1,"result":{}}')],
    ["json-rpc", json('{"jsonrpc":"2.0","id":1.5,"result":{}}')],
    ["json-rpc", json("[]")],
    ["json-rpc", json("{")],
    ["json-rpc", json('{"jsonrpc":"2.0","id":1,"result":{}}', 500)],
    ["json-rpc", { kind: "closed" }],
    ["http", json("{", 200)],
    ["http", json("{}", 500)],
    ["http", { kind: "silent" }],
    ["garbage", json("{}", 500)],
  ] as const)("finds the fault in one to %s: %j", (kind, reply) => {
    expect(defectOf(kind, reply)).toBeTypeOf("string");
  });
});
