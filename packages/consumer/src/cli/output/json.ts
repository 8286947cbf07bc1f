import { withoutUnprintable } from "../../printable.ts";

/**
 * One line of JSON that is safe on a terminal: what JSON.stringify leaves raw although a terminal acts on it (DEL, C1 controls, bidi
 * and other format characters) is escaped as JSON allows.
 */
export function toJsonLine(value: unknown): string {
  return `${withoutUnprintable(JSON.stringify(value), escapeUnits)}\n`;
}

function escapeUnits(character: string): string {
  return character.replace(/./gsu, (point) =>
    Array.from(
      { length: point.length },
      (_, i) => `\\u${point.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
