import { cut } from "../api/cut.ts";
import { named, shortened } from "./named.ts";

/** The longest `status.message`, and the longest of a step and of a page. */
export const MESSAGE_MAX = 1024;
export const SUMMARY_MAX = 512;

/**
 * What a person is to do, and to beware of. Its words are never cut. The names between them are shortened where there is no room.
 */
export interface Advice {
  /** One more than there are names. */
  readonly words: readonly string[];
  readonly names: readonly (readonly string[])[];
}

/** What is told to a person. Where it is too long its parts are shortened from the first on, and never what is to be done. */
export interface Words {
  /** Which node it is about. */
  readonly node?: string;
  /** Why that is thought to have halted: it can be read in the NodeHalt as well. */
  readonly verdict?: string;
  /** What was found, and what was expected. */
  readonly found?: string;
  readonly toDo?: Advice;
}

/** Nothing that a person has to do. */
export const NO_ADVICE: Advice = { words: [""], names: [] };

/**
 * Advice from a template: what is between its names stands there as it is, in whatever room.
 *
 * @example
 * ```ts
 * advice`Set the image in ${who}, and see that ${pods} have halted.`
 * ```
 */
export function advice(
  words: TemplateStringsArray,
  ...values: readonly (string | readonly string[] | Advice)[]
): Advice {
  return values.reduce<Advice>(
    (before, value, index) => joined(joined(before, adviceOf(value)), plain(words[index + 1] ?? "")),
    plain(words[0] ?? ""),
  );
}

function plain(text: string): Advice {
  return { words: [text], names: [] };
}

function adviceOf(value: string | readonly string[] | Advice): Advice {
  if (typeof value === "object" && "words" in value) return value;
  return { words: ["", ""], names: [typeof value === "string" ? [value] : value] };
}

function joined(one: Advice, other: Advice): Advice {
  const [begin = "", ...rest] = other.words;
  const words = [...one.words.slice(0, -1), `${one.words.at(-1) ?? ""}${begin}`, ...rest];
  return { words, names: [...one.names, ...other.names] };
}

/** The longest that the name of a node may take of a page. */
const NODE_MAX = 96;

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** What a recommendation says: the last of its sentences is what to do. A quoted name may look like more sentences. */
export function ofRecommendation(why: string): Words {
  const unquoted = why.replace(QUOTED, (name) => "_".repeat(name.length));
  const end = unquoted.lastIndexOf(". ", why.length - 3) + 1;
  return end === 0 ? { toDo: plain(why) } : { found: why.slice(0, end), toDo: plain(why.slice(end + 1)) };
}

/** The words as one text of at most `max` characters: the one place where what is told is shortened. */
export function textOf(
  { node = "", verdict = "", found = "", toDo = NO_ADVICE }: Words,
  max: number,
): string {
  const head = shortened(node, NODE_MAX);
  const end = adviceText(toDo, max - head.length - 1).trim();
  const room = max - head.length - end.length - 3;
  const what = begin(found, room);
  const why = begin(verdict, room - what.length);
  return cut([head, why, what, end].filter((part) => part !== "").join(" "), max);
}

/** The begin of what was found, if there is room for more than a word of it. */
function begin(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 20 ? "" : `${cut(text, room - 1)}…`;
}

function adviceText({ words, names }: Advice, max: number): string {
  const texts = namesWithin(names, max - words.join("").length);
  return words.map((text, index) => `${text}${texts[index] ?? ""}`).join("");
}

/** Each list of names as a text, all of them within `room`: what a short one leaves of its share goes to the long ones. */
function namesWithin(names: Advice["names"], room: number): readonly string[] {
  const whole = names.map((list) => named(list));
  if (whole.join("").length <= room) return whole;
  const isShort = (text: string) => text.length <= room / names.length;
  const short = whole.filter(isShort);
  const share = Math.floor((room - short.join("").length) / (names.length - short.length));
  return names.map((list, index) => {
    const text = whole[index] ?? "";
    return isShort(text) ? text : named(list, share);
  });
}
