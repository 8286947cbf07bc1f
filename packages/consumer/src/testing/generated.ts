import { join } from "node:path";
import { PassThrough } from "node:stream";
import { manPage } from "../cli/help/man-page.ts";
import { buildProgram } from "../cli/program.ts";
import { renderDecisionTable } from "../decision-table.ts";

const PACKAGE = join(import.meta.dirname, "..", "..");
const GUIDES = join(PACKAGE, "..", "..", "docs", "guides");

/** A file that is generated, all of it or the part between its markers. */
export interface Generated {
  readonly path: string;
  /** The file as it has to be, given how it is. */
  readonly render: (before: string) => string | Promise<string>;
}

export const GENERATED: readonly Generated[] = [
  { path: join(PACKAGE, "man", "upgrade-halt.1"), render: async () => manPage(await silentProgram()) },
  { path: join(GUIDES, "alerts.md"), render: (before) => replaceMarked(before, renderDecisionTable()) },
];

/** The command line with no world around it, to read its options off. */
export function silentProgram() {
  const nowhere = new PassThrough().resume();
  const io = {
    env: {},
    stdout: nowhere,
    stderr: nowhere,
    stdin: nowhere,
    now: Date.now,
    onSignal: () => () => {},
  };
  return buildProgram(io, () => {});
}

function replaceMarked(text: string, generated: string): string {
  return text.replace(
    /(<!-- generated: decision table -->\n\n)[\s\S]*?(\n<!-- end generated -->)/,
    (_, start: string, end: string) => `${start}${generated}${end}`,
  );
}
