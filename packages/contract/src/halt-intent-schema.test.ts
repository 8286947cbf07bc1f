import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonSchema, SCHEMA_FILE } from "../scripts/json-schema.ts";
import { HaltIntentSchema } from "./halt-intent-schema.ts";
import { HALT_INTENT_FIELDS } from "./wire-fields.ts";

const INTENT = { reason: 70, reason_string: "upgrade_required", announced_at: "2026-08-21T17:59:41.12Z" };

describe("HaltIntentSchema", () => {
  it("has the wire's fields in the wire's order, those that may be left out optional", () => {
    const { shape } = HaltIntentSchema.def.innerType;
    expect(Object.keys(shape)).toEqual(HALT_INTENT_FIELDS.map(({ name }) => name));
    for (const { name, omitted } of HALT_INTENT_FIELDS) {
      expect(shape[name].safeParse(undefined).success, name).toBe(omitted !== "never");
    }
  });

  it("is a zod schema like any other, alone and inside of one", () => {
    expect(HaltIntentSchema).toBeInstanceOf(z.ZodType);
    expect(HaltIntentSchema.parse({ ...INTENT, unknown: 1 })).toEqual(INTENT);
    expect(Object.isFrozen(HaltIntentSchema.parse(INTENT))).toBe(true);
    const outer = z.object({ halt_intent: HaltIntentSchema.nullable() });
    expect(outer.parse({ halt_intent: INTENT })).toEqual({ halt_intent: INTENT });
    expect(z.toJSONSchema(outer)).toMatchObject({
      properties: { halt_intent: { anyOf: [{ type: "object" }, {}] } },
    });
  });

  it.each([
    ["reason", 2 ** 53],
    ["reason", 70.5],
    ["height", -(2 ** 53)],
    ["info", 1],
    ["announced_at", "2026-02-30T00:00:00Z"],
    ["announced_at", "2026-08-21T19:59:41+02:00"],
    ["reason_string", undefined],
  ])("refuses a %s of %j", (field, value) => {
    expect(HaltIntentSchema.safeParse({ ...INTENT, [field]: value }).success).toBe(false);
  });
});

it("is all that loads zod, once it is touched: an import alone is cheap", () => {
  const script = `
    import { createRequire } from "node:module";
    import { HaltIntentSchema, encodeHaltIntent, parseHaltIntent } from "./dist/index.js";
    const zod = () => Object.keys(createRequire(import.meta.url).cache).some((file) => /[\\\\/]zod[\\\\/]/.test(file));
    parseHaltIntent(encodeHaltIntent(${JSON.stringify(INTENT)}));
    const before = zod();
    HaltIntentSchema.parse(${JSON.stringify(INTENT)});
    console.log(JSON.stringify([before, zod()]));`;
  const cwd = new URL("../", import.meta.url);
  const told = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd,
    encoding: "utf8",
  });
  expect(JSON.parse(told)).toEqual([false, true]);
});

describe("schema/halt-intent.schema.json", () => {
  it("is what the zod schema gives: run `pnpm --filter @upgrade-halt/contract run schema:generate` and look at the difference", () => {
    expect(readFileSync(SCHEMA_FILE, "utf8")).toBe(jsonSchema());
  });
});
