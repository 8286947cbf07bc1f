import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chain } from "./programs.ts";

/** docs/supervisors.md, whose table says what becomes of four real validators in each case and place. */
const PAGE = join(import.meta.dirname, "../../docs/supervisors.md");
const TABLE = /<!-- proven cases -->\n(.*?)\n<!-- end of proven cases -->/s;
/** How the page names the chains where a cell does not say the same of both. */
const SDK: Readonly<Record<Chain, string>> = { simd: "0.45", sdk: "0.55" };
/** Begins a cell that says why a case cannot be had in a place. */
const NOT_HAD = "not had";

/** The cells of the page's table, as [case, place] and text. Those that say why there is none are left out. */
export function provenCells(): ReadonlyMap<string, string> {
  const [head = [], , ...rows] = (TABLE.exec(readFileSync(PAGE, "utf8"))?.[1] ?? "").split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const places = head.slice(1);
  return new Map(
    rows.flatMap(([name = "", ...cells]) =>
      cells.flatMap((text, i) =>
        text.startsWith(NOT_HAD) ? [] : [[`${name}, ${places[i]}`, text] as const],
      ),
    ),
  );
}

/** Says what was seen to become of a chain's node in a case and a place, "SIGSEGV, systemd": the page must say the same. */
export function expectProven(cell: string, chain: Chain, outcome: string): void {
  const said = (provenCells().get(cell) ?? "").split("; ");
  const ofChain = said.find((part) => part.startsWith(`${SDK[chain]}: `));
  expect(ofChain?.slice(SDK[chain].length + 2) ?? said[0], cell).toBe(outcome);
}
