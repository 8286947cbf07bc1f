import { cut } from "../api/cut.ts";

/** How many of them a message names. */
const NAMED = 5;

/**
 * The first of what a message is about, and how many more there are, in `most` characters where that is possible. A word is a name and
 * may have a note behind it, ` (…)`: where there is no room the notes go first, then one name after the other, then the middle of the first.
 */
export function named(words: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const bare = words.map((word) => word.replace(/ \(.*\)$/s, ""));
  for (let count = Math.min(NAMED, words.length); count > 0; count -= 1) {
    const text = [words, bare].map((some) => first(some, count)).find(({ length }) => length <= most);
    if (text !== undefined) return text;
  }
  const [name = "", ...others] = bare;
  const more = first(bare, 1).slice(name.length);
  return `${shortened(name, Math.max(0, most - more.length))}${others.length > 0 ? more : ""}`;
}

function first(words: readonly string[], count: number): string {
  const more = words.length > count ? ` and ${words.length - count} more` : "";
  return `${words.slice(0, count).join(", ")}${more}`;
}

/** A name without its middle, if it is longer than `most`: its end tells the pods of one StatefulSet apart. */
export function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const end = Math.max(0, Math.floor((most - 1) / 2));
  const tail = end === 0 ? "" : name.slice(-end).replace(/^[\udc00-\udfff]/, "");
  return most < 1 ? "" : `${cut(name, most - 1 - end)}…${tail}`;
}
