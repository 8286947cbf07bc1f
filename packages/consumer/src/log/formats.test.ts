import fc from "fast-check";
import { expect, test } from "vitest";
import { FORMATS, SAYINGS, TRANSPORTS } from "../testing/log-formats.ts";
import { findPlanLines } from "./find-plan-lines.ts";

const TEXTS = {
  70: (plan: string, info: string) => `UPGRADE "${plan}" NEEDED at height: 30: ${info}`,
  71: (plan: string) =>
    `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan}" - in binary but not executed on chain`,
  "71 of SDK 0.50": (plan: string) =>
    `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan}" - in binary but not executed on chain. Downgrade your binary`,
  72: (plan: string) => `Wrong app version 0, upgrade handler is missing for ${plan} upgrade plan`,
  "72 of SDK 0.50": (plan: string) =>
    `wrong app version 0, upgrade handler is missing for ${plan} upgrade plan`,
};

const plan = fc.oneof(
  fc.constantFrom(
    "v6.7",
    "Canis Major upgrade plan B",
    "v1 NEEDED at height: 9",
    "é",
    "a=b",
    "x upgrade plan",
  ),
  fc.stringMatching(/^[A-Za-z0-9.][A-Za-z0-9. _-]{0,20}[A-Za-z0-9]$/),
);
const info = fc.oneof(
  fc.constantFrom(
    "",
    "{}",
    '{"upgradeType":"minor"}',
    'like UPGRADE "v6.6" NEEDED at height: 10: was',
    "ü \u001b[2J",
  ),
  fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n\\]/g, "")),
);

const cases = Object.keys(FORMATS).flatMap((format) =>
  Object.keys(TRANSPORTS).map((transport) => ({ format, transport })),
);

test.each(cases)(
  "every halt text is found in $format through $transport, however it is said",
  ({ format, transport }) => {
    const [write, wrap] = [FORMATS[format], TRANSPORTS[transport]];
    if (write === undefined || wrap === undefined) throw new Error("no such format");
    fc.assert(
      fc.property(plan, info, (name, note) => {
        for (const [reason, text] of Object.entries(TEXTS)) {
          for (const [how, say] of Object.entries(SAYINGS)) {
            const log = wrap(["boot", say(text(name, note), write)].join("\n"));
            const expected = { reason: Number.parseInt(reason, 10), plan: name };
            expect(findPlanLines(log), `${how}: ${log}`).toMatchObject([expected]);
          }
        }
      }),
      { numRuns: 8, seed: 20_260_821 },
    );
  },
);

test.each(cases)(
  "no halt text counts in a field or a scheduled upgrade, in $format through $transport",
  ({ format, transport }) => {
    const [write, wrap] = [FORMATS[format], TRANSPORTS[transport]];
    if (write === undefined || wrap === undefined) throw new Error("no such format");
    fc.assert(
      fc.property(plan, info, (name, note) => {
        for (const text of Object.values(TEXTS)) {
          const quote = text(name, note);
          const log = [
            write("INF", `UPGRADE "v9" SCHEDULED at height: 99: ${quote}`, {}),
            write("INF", "executed tx", { memo: quote, raw: `\n${quote}\n` }),
            write("ERR", "failed to execute tx", { err: `out of gas: ${quote}` }),
            write("INF", "committed state", { height: "29" }),
          ];
          expect(findPlanLines(wrap(log.join("\n")))).toEqual([]);
        }
      }),
      { numRuns: 8, seed: 20_260_821 },
    );
  },
);
