/** Random bodies for the parser: valid intents, structured mutations of them, and noise. */

import { randomInput } from "../scripts/random-intents.ts";
import { encodeHaltIntent } from "../src/encode-halt-intent.ts";
import { PARSE_LIMITS } from "../src/json-limits.ts";
import { textOf } from "../src/vectors.ts";
import { HALT_INTENT_FIELDS } from "../src/wire-fields.ts";
import { type Dice, diceOf } from "./dice.ts";

/** Values as they stand in JSON, each at the edge of some rule. */
const LITERALS = [
  ...["null", "true", "0", "-0", "70", "71", "72", "73", "80", "90", "-1", "70.0", "7e1", "70.5", "1e400"],
  ...["9007199254740991", "9007199254740992", "9223372036854775807", "18446744073709551615"],
  ...['""', '"0"', '"70"', '"-1"', '"070"', '"+70"', '"-0"', '"9007199254740991"', '"9007199254740992"'],
  ...['"upgrade_required"', '"binary_too_new"', '"\\ud800"', '"\\ufffd"', '"\ufffd"', '"é"', "[]", "{}"],
  ...["[70]", '{"reason":70}', '"2026-08-21T17:59:41.12Z"', '"2026-08-21T17:59:41.120Z"'],
  ...['"2026-02-29T00:00:00Z"', '"2026-08-21T17:59:41+00:00"', '"0000-02-29T23:59:59Z"'],
  ...["070", "+70", "NaN", "0x46", "'70'", "[".repeat(40) + "]".repeat(40)],
];
const NAMES = [
  ...HALT_INTENT_FIELDS.map(({ name }) => name),
  ...["HEIGHT", "Reason", "rea\u017fon", "re\\u0061son", "__proto__", "constructor", "toString", "x", ""],
];
const BYTES = [
  0, 0x22, 0x2c, 0x2d, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x80, 0xbf, 0xc3, 0xed, 0xef, 0xff,
];
const MARKS = ["[", "{", "[[", '{"a":', "[],", '"', '"\\', "\\", ",", ":", "0,", " ", "\ufeff", "1e"];

/** A body: mostly one that a small step leads away from a valid intent. */
export function randomBody(random: () => number): Uint8Array {
  const dice = diceOf(random);
  const kind = dice.below(20);
  if (kind === 0) return Uint8Array.from({ length: dice.below(64) }, () => dice.below(256));
  if (kind === 1) return Buffer.from(dice.pick(MARKS).repeat(dice.below(lengthOf(dice))));
  const body = Buffer.from(kind < 8 ? writtenByUs(random) : assembled(dice));
  return dice.chance(0.4) ? mangled(body, dice) : body;
}

function lengthOf(dice: Dice): number {
  if (dice.chance(0.001)) return 2 * PARSE_LIMITS.length;
  return dice.chance(0.02) ? 2 * PARSE_LIMITS.commas : 50;
}

function writtenByUs(random: () => number): string {
  const { plan_name_utf16, info_utf16, ...rest } = randomInput(random);
  return encodeHaltIntent({ ...rest, plan_name: textOf(plan_name_utf16), info: textOf(info_utf16) });
}

/** An object of the wire's names and others, in any order and number, with fitting and unfitting values. */
function assembled(dice: Dice): string {
  const space = dice.pick(["", "", " ", "\n\t"]);
  const fields = Array.from(
    { length: dice.below(9) },
    () => `"${dice.pick(NAMES)}"${space}:${space}${dice.pick(LITERALS)}`,
  );
  if (dice.chance(0.8)) fields.splice(dice.below(fields.length + 1), 0, `"reason":${dice.pick(LITERALS)}`);
  return `{${fields.join(`${space},`)}}`;
}

/** A copy with bytes flipped, dropped, put in or doubled. */
function mangled(body: Uint8Array, dice: Dice): Uint8Array {
  let bytes = [...body];
  for (let step = dice.below(4); step >= 0; step--) {
    const at = dice.below(bytes.length + 1);
    const end = at + dice.below(8);
    bytes = dice.pick([
      () => bytes.with(Math.min(at, bytes.length - 1), dice.pick(BYTES)),
      () => bytes.toSpliced(at, 0, dice.pick(BYTES)),
      () => bytes.toSpliced(at, end - at),
      () => bytes.slice(0, at),
      () => [...bytes.slice(0, end), ...bytes.slice(at)],
    ])();
    if (bytes.length === 0) break;
  }
  return Uint8Array.from(bytes);
}
