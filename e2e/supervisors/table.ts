import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
export function shownTable(name: string): string {
  return new RegExp(`${opening(name)}\\n(.*?)\\n?${closing(name)}`, "s").exec(readPage())?.[1] ?? "";
}

/** Puts a table into the page; for a person who changes what is proven (`UPDATE_SUPERVISORS=1`). */
export function writeTable(name: string, table: string): void {
  const shown = `${opening(name)}\n${shownTable(name)}`;
  writeFileSync(PAGE, readPage().replace(shown.trimEnd(), `${opening(name)}\n${table}`));
}

const opening = (name: string) => `<!-- ${name}: made by test:supervisors -->`;
const closing = (name: string) => `<!-- end of ${name} -->`;
