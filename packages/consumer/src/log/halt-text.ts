import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import { isFields } from "./record.ts";

/** What one of the chain's three halt texts says. The names in it are as the log had them: untrusted. */
export interface HaltText {
  readonly reason: HaltReason;
  readonly plan: string;
  /** Only the text of an upgrade that is due names a height. */
  readonly height?: number | undefined;
}

const NEEDED = /^UPGRADE "([^"\r\n]{1,256})" NEEDED at height: (\d{1,19}):/;
const TOO_NEW =
  /^BINARY UPDATED BEFORE TRIGGER! UPGRADE "([^"\r\n]{1,256})" - in binary but not executed on chain(?=$|[\s.])/;
const DOWNGRADE = /^[Ww]rong app version \d{1,19}, upgrade handler is missing for /;
const END_OF_DOWNGRADE = " upgrade plan";
const LONGEST_PLAN = 256;
const PLAIN_NAME = /^[^"\r\n]+$/;

/**
 * Reads a text that begins with one of the halt texts of x/upgrade (`abci.go` of sei-chain and of cosmos-sdk 0.45 to 0.54).
 * What comes after the text is a plan's `info`, or fields.
 */
export function parseHaltText(text: string): HaltText | undefined {
  const [, needed, digits] = NEEDED.exec(text) ?? [];
  if (needed !== undefined) {
    const height = Number(digits);
    const known = Number.isSafeInteger(height) && height > 0;
    return { reason: ShutdownReason.UpgradeRequired, plan: needed, ...(known ? { height } : {}) };
  }
  const [, tooNew] = TOO_NEW.exec(text) ?? [];
  if (tooNew !== undefined) return { reason: ShutdownReason.BinaryTooNew, plan: tooNew };
  const [begin] = DOWNGRADE.exec(text) ?? [];
  const plan = begin === undefined ? undefined : downgradedPlan(text.slice(begin.length));
  return plan === undefined ? undefined : { reason: ShutdownReason.DowngradeDetected, plan };
}

/**
 * The name between `missing for ` and ` upgrade plan`, which may itself hold these words: it ends where nothing but fields
 * follows. Of two such ends nothing tells which is the right one, and none is taken.
 */
function downgradedPlan(rest: string): string | undefined {
  const names: string[] = [];
  const within = rest.slice(0, LONGEST_PLAN + END_OF_DOWNGRADE.length);
  for (
    let end = within.indexOf(END_OF_DOWNGRADE);
    end >= 0;
    end = within.indexOf(END_OF_DOWNGRADE, end + 1)
  ) {
    const name = rest.slice(0, end);
    if (PLAIN_NAME.test(name) && isEndOfText(rest.slice(end + END_OF_DOWNGRADE.length))) names.push(name);
  }
  return names.length === 1 ? names[0] : undefined;
}

function isEndOfText(after: string): boolean {
  return after.trim() === "" || (/^\s/.test(after) && isFields(after));
}
