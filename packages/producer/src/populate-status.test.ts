import { ShutdownReason } from "@upgrade-halt/contract";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createHaltHolder, type HaltHolder } from "./halt-holder.ts";
import { populateStatus } from "./populate-status.ts";

function halted(info = ""): HaltHolder {
  const holder = createHaltHolder(() => 0);
  holder.publish(holder.stamp(ShutdownReason.UpgradeRequired, { name: "v6.7", height: 5, info }));
  return holder;
}

const faulty: () => HaltHolder = () => ({
  ...createHaltHolder(() => 0),
  snapshot: () => {
    throw new Error("no");
  },
});
const never = (): never => {
  throw new Error("onFault was called");
};

describe("populateStatus", () => {
  it("gives a healthy node's body back as it is", () => {
    const body = '{"a": 1}';
    expect(
      populateStatus(
        body,
        createHaltHolder(() => 0),
        never,
      ),
    ).toBe(body);
  });

  it("puts the intent last, as Go writes it", () => {
    expect(populateStatus('{"a":1}', halted("<&>"), never)).toBe(
      '{"a":1,"halt_intent":{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":5,' +
        '"info":"\\u003c\\u0026\\u003e","announced_at":"1970-01-01T00:00:00Z"}}',
    );
  });

  it("leaves every other byte of any body alone", () => {
    const holder = halted();
    const space = fc.constantFrom("", " ", "\n");
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), space, space, (body, indent, tail) => {
        const text = JSON.stringify(body, undefined, indent) + tail;
        const populated = populateStatus(text, holder, never);
        const cut = text.lastIndexOf("}");
        expect(populated.startsWith(text.slice(0, cut))).toBe(true);
        expect(populated.endsWith(text.slice(cut))).toBe(true);
        const { halt_intent: intent, ...rest } = JSON.parse(populated);
        const { halt_intent: _, ...before } = JSON.parse(text);
        expect(rest).toEqual(before);
        expect(intent).toEqual(holder.snapshot());
      }),
    );
  });

  it("says null when the holder fails, and reports the fault once", () => {
    const holder = faulty();
    const onFault = vi.fn();
    expect(populateStatus("{}", holder, onFault)).toBe('{"halt_intent":null}');
    expect(populateStatus('{"a":1}', holder, onFault)).toBe('{"a":1,"halt_intent":null}');
    expect(onFault).toHaveBeenCalledTimes(1);
  });

  it("says null for an intent that can't be written", () => {
    const holder = halted();
    const broken: HaltHolder = {
      ...holder,
      snapshot: () => ({ reason: 70, reason_string: "upgrade_required", height: 0.5, announced_at: "now" }),
    };
    expect(populateStatus("{}", broken, () => {})).toBe('{"halt_intent":null}');
  });

  it("outlives a fault reporter that throws", () => {
    expect(populateStatus("{}", faulty(), never)).toBe('{"halt_intent":null}');
  });

  it.each(["", "[]", "null", "x{}", "{}x"])("gives %j, which is no object, back as it is", (body) => {
    const onFault = vi.fn();
    expect(populateStatus(body, halted(), onFault)).toBe(body);
    expect(onFault).toHaveBeenCalledTimes(1);
  });
});
