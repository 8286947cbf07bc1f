import { resolve } from "node:path";
import { parsed, partsOf, UsageError, whole } from "../command-line.ts";
import { BASELINE_FILE } from "../instructions/baseline.ts";
import { OTHER_BENCHES } from "./other-benches.ts";

export const INSTRUCTIONS = "instructions";
const PARTS = [INSTRUCTIONS, ...Object.keys(OTHER_BENCHES)];

/** What is run, and what it is compared with. */
export interface Options {
  /** `INSTRUCTIONS`, and names of other benchmarks. */
  readonly parts: ReadonlySet<string>;
  /** The file with the counts of before. */
  readonly baseline: string;
  /** Whether the counts are put into it, instead of being compared. */
  readonly record: boolean;
  /** How often each piece of work is counted. */
  readonly rounds: number;
  readonly json: boolean;
}

export const HELP = `Usage: pnpm run bench:all [--only LIST] [--baseline FILE] [--record] [--rounds N] [--json]

Counts the instructions that classify (of a pod's JSON), encode, parse and a start of systemd-hook take, and compares them with
a baseline of the same architecture and Node. Load of the machine changes nothing of a count. Needs valgrind.
Then runs all other benchmarks, one after the other, each with its default sizes: over an hour on a quiet machine.
Exits with 1 where a count is more than 5 % above its baseline or has none, or where a benchmark fails.

  --only LIST      some of ${PARTS.join(",")} (default all)
  --baseline FILE  compare with this file (default e2e/bench/instructions/baseline.json)
  --record         write the counts into that file, and compare nothing
  --rounds N       how often each is counted (default 3; the figures are medians)
  --json           print all figures as one JSON object
  --help           print this

After a change: pnpm run bench:all --only instructions
`;

const OPTIONS = {
  only: { type: "string", default: PARTS.join(",") },
  baseline: { type: "string", default: BASELINE_FILE },
  record: { type: "boolean", default: false },
  rounds: { type: "string", default: "3" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** Paths are those of whoever started it. @throws {UsageError} on an unknown option, or a value that is none. */
export function parseOptions(args: readonly string[], from: string): Options | "help" {
  const values = parsed(args, OPTIONS);
  if (values.help) return "help";
  const parts = partsOf(values.only, PARTS, "only");
  if (values.record && !parts.has(INSTRUCTIONS))
    throw new UsageError(`--record writes down instructions, which --only ${values.only} leaves out`);
  return {
    parts,
    baseline: resolve(from, values.baseline),
    record: values.record,
    rounds: whole("rounds", values.rounds, 1, 100),
    json: values.json,
  };
}
