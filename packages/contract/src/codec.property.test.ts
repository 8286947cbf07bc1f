import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANNOUNCED_AT_PATTERN, trimAnnouncedAt } from "./announced-at.ts";
import { parseReasonToken, reasonToken, ShutdownReason } from "./codes.ts";
import { decodeHaltIntent } from "./decode-halt-intent.ts";
import { encodeHaltIntent } from "./encode-halt-intent.ts";
import type { HaltIntent, HaltIntentReading } from "./halt-intent.ts";
import { HaltIntentSchema } from "./halt-intent-schema.ts";
import { parseHaltIntent } from "./parse-halt-intent.ts";
import { HALT_INTENT_FIELDS } from "./wire-fields.ts";

/** Any UTF-16 at all, lone surrogates among it. */
const utf16 = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const safe = fc.maxSafeInteger();
const time = fc
  .tuple(
    fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    }),
    fc.nat(999_999_999),
    fc.nat(9),
  )
  .map(([date, fraction, digits]) => {
    const cut = String(fraction).padStart(9, "0").slice(0, digits);
    return `${date.toISOString().slice(0, 19)}${cut && `.${cut}`}Z`;
  });
const known = fc
  .constantFrom(ShutdownReason.UpgradeRequired, ShutdownReason.BinaryTooNew, ShutdownReason.DowngradeDetected)
  .map((reason) => ({ reason: reason as number, reason_string: reasonToken(reason) as string }));
const unknown = fc
  .record({ reason: safe, reason_string: utf16 })
  .filter(
    ({ reason, reason_string }) =>
      reason !== 0 && (reason < 70 || reason > 72) && parseReasonToken(reason_string) === undefined,
  );
const intents: fc.Arbitrary<HaltIntent> = fc
  .tuple(
    fc.oneof(known, unknown),
    fc.record(
      { announced_at: time, plan_name: utf16, height: safe, info: utf16 },
      { requiredKeys: ["announced_at"] },
    ),
  )
  .map(([why, rest]) => ({ ...why, ...rest }));

/** What is left of an intent after the wire: well-formed, trimmed, without what is empty. */
function onTheWire(intent: HaltIntent): Partial<HaltIntent> {
  const entries = HALT_INTENT_FIELDS.map(({ name }): [string, unknown] => {
    const value = intent[name];
    if (name === "announced_at") return [name, trimAnnouncedAt(intent.announced_at)];
    return [name, typeof value === "string" ? value.toWellFormed() : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => value));
}

describe("writing and reading", () => {
  it("brings every intent over whole, as text, as bytes and as numbers in strings", () => {
    fc.assert(
      fc.property(intents, (intent) => {
        const json = encodeHaltIntent(intent);
        const reading = { kind: "intent", intent: onTheWire(intent), defects: [] };
        expect(parseHaltIntent(json)).toMatchObject(reading);
        expect(parseHaltIntent(Buffer.from(json))).toEqual(parseHaltIntent(json));
        const asSei = json.replace(/"(reason|height)":(-?\d+)/g, '"$1":"$2"');
        if (!/"(?:reason|height)\\?":/.test(`${intent.info}${intent.plan_name}`)) {
          expect(parseHaltIntent(asSei)).toEqual(parseHaltIntent(json));
        }
      }),
    );
  });

  it("is stable: what was read and written again has the same bytes", () => {
    fc.assert(
      fc.property(intents, (intent) => {
        const json = encodeHaltIntent(intent);
        expect(encodeHaltIntent(JSON.parse(json))).toBe(
          encodeHaltIntent({ ...intent, ...onTheWire(intent) }),
        );
      }),
    );
  });
});

describe("the reader and the schema", () => {
  const field = fc.oneof(
    safe,
    utf16,
    time,
    fc.double(),
    fc.constantFrom(null, true, [], "70", "upgrade_required", 70),
  );
  const objects = fc.record(
    Object.fromEntries(HALT_INTENT_FIELDS.map(({ name }) => [name, field])) as Record<
      keyof HaltIntent,
      typeof field
    >,
    { requiredKeys: ["reason"] },
  );

  it("agree on what fits: nothing that zod refuses is kept, nothing that zod takes is dropped", () => {
    const { shape } = HaltIntentSchema.def.innerType;
    fc.assert(
      fc.property(objects, (input) => {
        const reading = decodeHaltIntent(input);
        for (const { name, type } of HALT_INTENT_FIELDS) {
          const value: unknown = input[name];
          const inAString = type.startsWith("int") && typeof value === "string";
          if (reading.kind === "damaged" && name !== "reason") continue;
          if (value === null || value === undefined || inAString || name === "reason_string") continue;
          expect(isDropped(reading, name), name).toBe(!shape[name].safeParse(value).success);
        }
      }),
    );
  });

  function isDropped(reading: HaltIntentReading, name: string): boolean {
    const defects = "defects" in reading ? reading.defects : [];
    return defects.some(({ field, problem }) => field === name && problem !== "no reason to halt");
  }
});

it("an announced_at is what Date knows as a UTC instant, in its one spelling", () => {
  fc.assert(
    fc.property(
      fc.oneof(time, fc.stringMatching(/^[0-2]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\dZ$/)),
      (text) => {
        const date = new Date(text);
        const isInstant =
          !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === text.slice(0, 19);
        expect(ANNOUNCED_AT_PATTERN.test(text)).toBe(isInstant);
      },
    ),
  );
});
