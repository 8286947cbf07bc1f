import { afterEach, describe, expect, it } from "vitest";
import { decodeHaltIntent } from "./decode-halt-intent.ts";
import type { Defect } from "./halt-intent.ts";
import { hasOwnFieldsAlone, ownFields } from "./own-fields.ts";
import { HALT_INTENT_FIELDS } from "./wire-fields.ts";

const NAMES = HALT_INTENT_FIELDS.map(({ name }) => name);

function plant(name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(Object.prototype, name, { ...descriptor, configurable: true });
}

afterEach(() => {
  for (const name of NAMES) Reflect.deleteProperty(Object.prototype, name);
});

describe("hasOwnFieldsAlone", () => {
  it("is true of what JSON.parse makes, and of nothing that inherits", () => {
    expect(hasOwnFieldsAlone(JSON.parse('{"reason":70,"__proto__":{"height":5}}'))).toBe(true);
    expect(hasOwnFieldsAlone(Object.create({ height: 5 }))).toBe(false);
    expect(hasOwnFieldsAlone(Object.create(null))).toBe(false);
    expect(hasOwnFieldsAlone([])).toBe(false);
  });

  it.each(NAMES)("is false while a %s stands on Object.prototype", (name) => {
    plant(name, { value: 70 });
    expect(hasOwnFieldsAlone({})).toBe(false);
  });
});

describe("ownFields", () => {
  it("leaves out what is inherited, and names what cannot be read", () => {
    const defects: Defect[] = [];
    const input = Object.create(
      { height: 5 },
      { reason: { value: 70 }, info: { get: () => JSON.parse("") } },
    );
    expect({ ...ownFields(input, defects) }).toEqual({ reason: 70 });
    expect(defects).toEqual([{ field: "info", problem: "reading it failed" }]);
  });
});

describe("a reader while Object.prototype is polluted", () => {
  it.each(NAMES)("takes no %s from it", (name) => {
    const clean = decodeHaltIntent({ reason: 70, info: "own" });
    const damaged = decodeHaltIntent({ info: "own" });
    plant(name, { value: name === "reason" || name === "height" ? 71 : "planted" });
    expect(decodeHaltIntent({ reason: 70, info: "own" })).toEqual(clean);
    expect(decodeHaltIntent({ info: "own" })).toEqual(damaged);
  });

  it.each(NAMES)("loses no %s to a setter on it", (name) => {
    const when = { height: 5, announced_at: "2026-08-21T17:59:41.12Z" };
    const input = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", info: "own", ...when };
    const clean = decodeHaltIntent(input);
    plant(name, { set: () => {} });
    expect(decodeHaltIntent(input)).toEqual(clean);
  });

  it.each(NAMES)("survives a getter of %s on it", (name) => {
    plant(name, { get: () => JSON.parse("") });
    expect(decodeHaltIntent({ reason: 70 })).toMatchObject({ kind: "intent", defects: [] });
  });
});
