/**
 * The first `max` UTF-16 units of a text at most, with no half of a character in it: the API server writes another one in
 * the place of each, and what it stores is not what was written.
 */
export function cut(text: string, max: number): string {
  return text
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, "")
    .toWellFormed();
}
