/** How many of them a message names. */
const NAMED = 5;

/** The first of what a message is about, and how many more there are. */
export function named(words: readonly string[]): string {
  const more = words.length > NAMED ? ` and ${words.length - NAMED} more` : "";
  return `${words.slice(0, NAMED).join(", ")}${more}`;
}
