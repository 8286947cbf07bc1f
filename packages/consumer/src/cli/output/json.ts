// What JSON.stringify leaves raw although a terminal acts on it: DEL, C1 controls, bidi and other format characters.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line of JSON that is safe on a terminal: what could act on one is escaped as JSON allows. */
export function toJsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(UNPRINTABLE, escapeUnits)}\n`;
}

function escapeUnits(character: string): string {
  return character.replace(/./gsu, (point) =>
    Array.from(
      { length: point.length },
      (_, i) => `\\u${point.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
