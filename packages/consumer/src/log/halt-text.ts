import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import { printable } from "../printable.ts";
import { isFields } from "./pairs.ts";

/** What one of the chain's three halt texts says. The names in it are as the log had them: untrusted. */
export interface HaltText {
  readonly reason: HaltReason;
  readonly plan: string;
  /** Only the text of an upgrade that is due names a height. */
  readonly height?: number | undefined;
  /**
   * It could be read in another way, too: the plan's name could end further on, its info holds a text like it, or several wrote
   * the log. Enough to tell somebody, and no proof.
   */
  readonly unsure?: true | undefined;
}

/** Whether two texts say the same, however surely. */
export function isSameText(a: HaltText, b: HaltText): boolean {
  return a.reason === b.reason && a.plan === b.plan && a.height === b.height;
}

/** What one halt line of a log says. The names in it are as the log had them: untrusted. */
export interface PlanLine extends HaltText {
  /** It is also the text of the panic or error that the process ended with. */
  readonly ending?: true | undefined;
  /** The process that said it ended by a panic or error, and the log goes on: what runs now is another process. */
  readonly outlived?: true | undefined;
  /** Something else was said of an end after it: of another process, maybe, which ended last. */
  readonly replaced?: true | undefined;
}

/** A height as Go writes one: without zeros before it. */
const NEEDED = /^UPGRADE "([^"\r\n]{1,256})" NEEDED at height: (0|[1-9]\d{0,18}):/;
const TOO_NEW =
  /^BINARY UPDATED BEFORE TRIGGER! UPGRADE "([^"\r\n]{1,256})" - in binary but not executed on chain(?=$|[\s.])/;
const END_OF_TOO_NEW = '" - in binary but not executed on chain';
const DOWNGRADE = /^[Ww]rong app version \d{1,19}, upgrade handler is missing for /;
const END_OF_DOWNGRADE = " upgrade plan";
const LONGEST_PLAN = 256;
const PLAIN_NAME = /^[^"\r\n]+$/;

/**
 * Reads a text that begins with one of the halt texts of x/upgrade (`abci.go` of sei-chain and of cosmos-sdk 0.45 to 0.55).
 * What comes after the text is a plan's `info`, or fields. Where the name of an upgrade that is due could end in more than one
 * place, the shortest is taken, and `unsure`; for the other two, which have no info, it is `undefined`.
 */
export function parseHaltText(text: string): HaltText | undefined {
  const [begin = "", needed, digits] = NEEDED.exec(text) ?? [];
  if (needed !== undefined) return neededText(needed, Number(digits), text.slice(begin.length));
  const [start = "", tooNew] = TOO_NEW.exec(text) ?? [];
  if (tooNew !== undefined) {
    const isOne = !text.slice(start.length).includes(END_OF_TOO_NEW);
    return isOne ? { reason: ShutdownReason.BinaryTooNew, plan: tooNew } : undefined;
  }
  const [intro] = DOWNGRADE.exec(text) ?? [];
  const plan = intro === undefined ? undefined : downgradedPlan(text.slice(intro.length));
  return plan === undefined ? undefined : { reason: ShutdownReason.DowngradeDetected, plan };
}

function neededText(plan: string, height: number, info: string): HaltText {
  const isKnown = Number.isSafeInteger(height) && height > 0;
  return {
    reason: ShutdownReason.UpgradeRequired,
    plan,
    ...(isKnown ? { height } : {}),
    ...(couldEndIn(info, height) ? { unsure: true } : {}),
  };
}

/**
 * The text that a node says of such a halt, without a plan's info, to be said once more. `undefined` for a name that would be read
 * back as another one.
 */
export function writeHaltText({ reason, plan, height }: HaltText): string | undefined {
  const text = TEXTS[reason](plan, height);
  const read = parseHaltText(text);
  const isRead =
    read?.unsure === undefined && read !== undefined && isSameText(read, { reason, plan, height });
  return isRead && printable(text, text.length) === text ? text : undefined;
}

const TEXTS: Readonly<Record<HaltReason, (plan: string, height: number | undefined) => string>> = {
  [ShutdownReason.UpgradeRequired]: (plan, height) => `UPGRADE "${plan}" NEEDED at height: ${height}: `,
  [ShutdownReason.BinaryTooNew]: (plan) =>
    `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan}" - in binary but not executed on chain`,
  [ShutdownReason.DowngradeDetected]: (plan) =>
    `Wrong app version 0, upgrade handler is missing for ${plan} upgrade plan`,
};

/** The info that follows the halt text of an upgrade that is due, which a text begins with. */
export function infoOfNeeded(text: string): string | undefined {
  const [begin] = NEEDED.exec(text) ?? [];
  return begin === undefined ? undefined : text.slice(begin.length);
}

/** The end of a name in a halt text, with the begin of the text where it is a whole one that is quoted. */
const END_OF_NEEDED = /(UPGRADE \\*"[^"\r\n]*)?" NEEDED at height: (\d{1,19}):/g;

/**
 * Whether the plan's name could as well end in here: a name may hold a quotation mark and whatever follows one. An info that
 * quotes the whole line of an upgrade of before, at a lower height, is no such name.
 */
function couldEndIn(info: string, height: number): boolean {
  return [...info.matchAll(END_OF_NEEDED)].some(
    ([, quoted, other]) => quoted === undefined || Number(other) >= height,
  );
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
