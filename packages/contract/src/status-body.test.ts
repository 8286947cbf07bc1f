import { describe, expect, it } from "vitest";
import type { HaltIntent } from "./halt-intent.ts";
import { haltIntentOfStatus, statusWithHaltIntent } from "./status-body.ts";

const INTENT: HaltIntent = {
  reason: 70,
  reason_string: "upgrade_required",
  plan_name: "v6.7",
  height: 240_000_000,
  announced_at: "2026-08-21T17:59:41.12Z",
};
const BARE = { node_info: { network: "pacific-1" }, sync_info: {} };
const ENVELOPE = { jsonrpc: "2.0", id: -1, result: BARE };

describe.each([
  ["a bare body", BARE],
  ["an envelope", ENVELOPE],
])("%s", (_, body: Readonly<Record<string, unknown>>) => {
  it("says an intent", () => {
    expect(haltIntentOfStatus(statusWithHaltIntent(body, INTENT))).toMatchObject({
      kind: "intent",
      intent: INTENT,
      defects: [],
    });
  });

  it("says that it could not say", () => {
    expect(haltIntentOfStatus(statusWithHaltIntent(body, null))).toEqual({ kind: "unavailable" });
  });

  it("says nothing on a healthy node", () => {
    expect(statusWithHaltIntent(body, undefined)).toBe(body);
    expect(haltIntentOfStatus(body)).toEqual({ kind: "absent" });
  });

  it("says the newest thing said", () => {
    const halted = statusWithHaltIntent(body, INTENT);
    expect(haltIntentOfStatus(statusWithHaltIntent(halted, null))).toEqual({ kind: "unavailable" });
    expect(statusWithHaltIntent(halted, undefined)).toEqual(body);
  });

  it("is left as it was, the rest of it untouched", () => {
    const before = structuredClone(body);
    const after = statusWithHaltIntent(body, INTENT);
    expect(body).toEqual(before);
    const result = "result" in after ? after.result : after;
    expect(result).toEqual({ ...BARE, halt_intent: INTENT });
  });
});

describe("statusWithHaltIntent", () => {
  it("puts the wire form: in order, without what is empty, the time trimmed", () => {
    const intent = {
      announced_at: "2026-08-21T17:59:41.120Z",
      height: 0,
      reason_string: "binary_too_new",
      reason: 71,
    };
    expect(JSON.stringify(statusWithHaltIntent({}, intent))).toBe(
      '{"halt_intent":{"reason":71,"reason_string":"binary_too_new","announced_at":"2026-08-21T17:59:41.12Z"}}',
    );
  });

  it("puts the field last, wherever it was before", () => {
    const body = { halt_intent: null, node_info: {}, sync_info: {} };
    expect(Object.keys(statusWithHaltIntent(body, INTENT))).toEqual([
      "node_info",
      "sync_info",
      "halt_intent",
    ]);
  });

  it.each([
    { jsonrpc: "2.0", id: 1, error: {} },
    { jsonrpc: "2.0", id: 1, result: null },
  ])("leaves %j alone, which has no status to put it in", (body) => {
    expect(statusWithHaltIntent(body, INTENT)).toBe(body);
  });

  it("refuses what cannot be written", () => {
    expect(() => statusWithHaltIntent({}, { ...INTENT, height: 0.5 })).toThrow(
      expect.objectContaining({ code: "invalid_height" }),
    );
  });
});

describe("haltIntentOfStatus", () => {
  it.each([
    undefined,
    null,
    "",
    70,
    [],
    { jsonrpc: "2.0", id: 1, error: { code: -32603 } },
    { jsonrpc: "2.0", result: 1 },
    { code: -32603, message: "Internal error", data: "" },
    { jsonrpc: "2.0", result: { code: -32603, message: "Internal error" } },
  ])("takes %j for no status rather than for a healthy node", (body) => {
    expect(haltIntentOfStatus(body).kind).toBe("damaged");
  });

  it("reads an intent wherever there is one", () => {
    expect(haltIntentOfStatus({ code: 70, message: "halted", halt_intent: INTENT }).kind).toBe("intent");
  });

  it("does not look at prototypes", () => {
    expect(haltIntentOfStatus(Object.create({ halt_intent: INTENT }))).toEqual({ kind: "absent" });
  });

  it("survives a body that bites", () => {
    const handler = new Proxy(
      {},
      {
        get: () => () => {
          throw new Error("bitten");
        },
      },
    );
    expect(haltIntentOfStatus(new Proxy({}, handler)).kind).toBe("damaged");
  });
});
