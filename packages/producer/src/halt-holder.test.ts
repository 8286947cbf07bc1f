import { ShutdownReason } from "@upgrade-halt/contract";
import { describe, expect, it } from "vitest";
import { createHaltHolder } from "./halt-holder.ts";

const holderAt = (iso: string) => createHaltHolder(() => Date.parse(iso));

describe("a halt holder", () => {
  it("stamps an intent without publishing it, and omits what is empty", () => {
    const holder = holderAt("2026-08-21T17:59:41.120Z");
    const intent = holder.stamp(ShutdownReason.BinaryTooNew, { name: "v6.8", height: 0, info: "" });
    expect(JSON.stringify(intent)).toBe(
      '{"reason":71,"reason_string":"binary_too_new","plan_name":"v6.8","announced_at":"2026-08-21T17:59:41.12Z"}',
    );
    expect(holder.snapshot()).toBeUndefined();
  });

  it("keeps the first intent and names it to whoever comes later", () => {
    const holder = holderAt("2026-08-21T17:59:41Z");
    const first = holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 5, info: "x" });
    const second = holder.stamp(ShutdownReason.DowngradeDetected, { name: "v6.6", height: 1, info: "" });
    expect(holder.publish(first)).toEqual({ kind: "published", intent: first });
    expect(holder.publish(second)).toEqual({ kind: "ignored", standing: first });
    expect(holder.snapshot()).toEqual(first);
  });

  it("is not changed by whoever published or read", () => {
    const holder = holderAt("2026-08-21T17:59:41Z");
    const mine = { ...holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 5, info: "" }) };
    holder.publish(mine);
    Object.assign(mine, { plan_name: "v9" });
    expect(holder.snapshot()?.plan_name).toBe("v6.7");
    expect(Object.isFrozen(holder.snapshot())).toBe(true);
  });
});
