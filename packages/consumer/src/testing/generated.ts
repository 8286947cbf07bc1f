import { join } from "node:path";
import { PassThrough } from "node:stream";
import { manPage } from "../cli/help/man-page.ts";
import { buildProgram, type ProgramName } from "../cli/program.ts";
import { renderDecisionTable } from "../render-decision-table.ts";

const PACKAGE = join(import.meta.dirname, "..", "..");
const GUIDES = join(PACKAGE, "..", "..", "docs", "guides");

/** A file that is generated, all of it or the part between its markers. */
export interface Generated {
  readonly path: string;
  /** The file as it has to be, given how it is. */
  readonly render: (before: string) => string | Promise<string>;
}

/** The name of each program's man page: that of its executable, as `man kubectl upgrade_halt` looks for it. */
const MAN_PAGES: Readonly<Record<ProgramName, string>> = {
  "upgrade-halt": "upgrade-halt",
  "kubectl upgrade-halt": "kubectl-upgrade_halt",
};
const PROGRAM_NAMES = Object.keys(MAN_PAGES) as readonly ProgramName[];

export const GENERATED: readonly Generated[] = [
  ...PROGRAM_NAMES.map((program) => {
    const name = MAN_PAGES[program];
    return {
      path: join(PACKAGE, "man", `${name}.1`),
      render: async () => manPage(await silentProgram(program), name),
    };
  }),
  { path: join(GUIDES, "alerts.md"), render: (before) => replaceMarked(before, renderDecisionTable()) },
];

/** The command line with nothing around it, to read its options off. */
export function silentProgram(name: ProgramName = "upgrade-halt") {
  const nowhere = new PassThrough().resume();
  const io = {
    env: {},
    stdout: nowhere,
    stderr: nowhere,
    stdin: nowhere,
    now: Date.now,
    onSignal: () => () => {},
  };
  return buildProgram(io, () => {}, undefined, name);
}

function replaceMarked(text: string, generated: string): string {
  return text.replace(
    /(<!-- generated: decision table -->\n\n)[\s\S]*?(\n<!-- end generated -->)/,
    (_, start: string, end: string) => `${start}${generated}${end}`,
  );
}
