/**
 * The columns that a text takes on a terminal at most. Which characters are wide hangs on the terminal and its fonts, so
 * all but ASCII count as wide; the ellipsis that cuts a text is narrow.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The beginning of a text in so many columns. What is left out shows as `…`. */
export function beginningIn(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : `${fitting([...text], columns - 1).join("")}…`;
}

/** The end of a text in so many columns. What is left out shows as `…`. */
export function endIn(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `…${fitting([...text].reverse(), columns - 1)
    .reverse()
    .join("")}`;
}

function fitting(characters: readonly string[], columns: number): string[] {
  let taken = 0;
  const over = characters.findIndex((character) => {
    taken += widthOf(character);
    return taken > columns;
  });
  return characters.slice(0, over);
}

function widthOf(character: string): number {
  return /[\x20-\x7e…]/.test(character) ? 1 : 2;
}
