/** Random intents from a seed, heavy in what the two languages could write differently. */
import { reasonToken, ShutdownReason } from "../src/codes.ts";
import type { IntentInput } from "../src/vectors.ts";

const REASONS = [
  ShutdownReason.UpgradeRequired,
  ShutdownReason.BinaryTooNew,
  ShutdownReason.DowngradeDetected,
] as const;

/** Units that one of the languages escapes, and their neighbours. */
const AWKWARD = [
  0, 8, 9, 10, 11, 12, 13, 0x1f, 0x22, 0x26, 0x2f, 0x3c, 0x3e, 0x5c, 0x75, 0x7f, 0x80, 0x9f, 0xe9, 0x2027,
  0x2028, 0x2029, 0x202a, 0xd7ff, 0xd800, 0xd83d, 0xdbff, 0xdc00, 0xde80, 0xdfff, 0xe000, 0xfeff, 0xfffd,
  0xffff,
] as const;

/** One intent that both languages can write. */
export function randomInput(random: () => number): IntentInput {
  const below = (end: number) => Math.floor(random() * end);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const units = (longest: number) =>
    Array.from({ length: below(longest + 1) }, () => (random() < 0.5 ? pick(AWKWARD) : 0x20 + below(0xd7e0)));
  const known = pick(REASONS);
  const isKnown = random() < 0.8;
  const reason = isKnown ? known : pick([73, 79, 80, 89, 90, 255, -1, 2 ** 53 - 1, below(2 ** 40)]);
  const fraction = String(below(1e9)).padStart(9, "0").slice(0, below(10));
  return {
    reason,
    reason_string: isKnown ? reasonToken(known) : "of_another_release",
    plan_name_utf16: units(12),
    height: random() < 0.25 ? 0 : Math.floor(random() * 2 ** 53) * (random() < 0.1 ? -1 : 1),
    info_utf16: units(random() < 0.02 ? 4_000 : 40),
    announced_at: `${timeOf(below)}${fraction && `.${fraction}`}Z`,
  };
}

function timeOf(below: (end: number) => number): string {
  const date = new Date(0);
  date.setUTCFullYear(below(10_000), below(12), 1 + below(31));
  const pad = (number: number, width = 2) => String(number).padStart(width, "0");
  const year = Math.min(date.getUTCFullYear(), 9_999);
  const day = `${pad(year, 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  return `${day}T${pad(below(24))}:${pad(below(60))}:${pad(below(60))}`;
}
