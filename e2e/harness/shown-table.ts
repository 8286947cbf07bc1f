import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** Rows as a Markdown table, the first one being its head. */
export function tableOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A page of `docs` with tables that tests make, each between two comments that name it. */
export interface TablePage {
  read(): string;
  /**
   * Compares a table with the page, or writes it there for a person who changes what is proven (the page's environment
   * variable is set).
   */
  expectShown(name: string, table: string, madeBy?: string): void;
}

export function tablePage(
  file: string,
  { by, update }: { readonly by: string; readonly update: string },
): TablePage {
  const page = join(import.meta.dirname, "..", "..", "docs", file);
  const read = () => readFileSync(page, "utf8");
  const opening = (name: string, madeBy: string) => `<!-- ${name}: made by ${madeBy} -->`;
  const shown = (name: string, madeBy: string): string => {
    const table = new RegExp(`${opening(name, madeBy)}\\n(.*?)\\n?<!-- end of ${name} -->`, "s");
    return table.exec(read())?.[1] ?? "";
  };
  return {
    read,
    expectShown(name, table, madeBy = by) {
      if (process.env[update]) {
        const before = `${opening(name, madeBy)}\n${shown(name, madeBy)}`.trimEnd();
        writeFileSync(page, read().replace(before, `${opening(name, madeBy)}\n${table}`));
      }
      expect(shown(name, madeBy)).toBe(table);
    },
  };
}
