import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

const PAGE = join(import.meta.dirname, "..", "..", "docs", "supervisors.md");

export function readPage(): string {
  return readFileSync(PAGE, "utf8");
}

/** Rows as a Markdown table, the first one being its head. */
export function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** The table that the page shows between the two comments of this name. */
function shownTable(name: string, madeBy: string): string {
  return new RegExp(`${opening(name, madeBy)}\\n(.*?)\\n?${closing(name)}`, "s").exec(readPage())?.[1] ?? "";
}

function writeTable(name: string, madeBy: string, table: string): void {
  const shown = `${opening(name, madeBy)}\n${shownTable(name, madeBy)}`;
  writeFileSync(PAGE, readPage().replace(shown.trimEnd(), `${opening(name, madeBy)}\n${table}`));
}

const opening = (name: string, madeBy: string) => `<!-- ${name}: made by ${madeBy} -->`;
const closing = (name: string) => `<!-- end of ${name} -->`;

/** Compares a table with the page, or writes it there for a person who changes what is proven (`UPDATE_SUPERVISORS=1`). */
export function expectShown(name: string, table: string, madeBy = "test:supervisors"): void {
  if (process.env.UPDATE_SUPERVISORS) writeTable(name, madeBy, table);
  expect(shownTable(name, madeBy)).toBe(table);
}
