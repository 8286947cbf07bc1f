import { parseArgs } from "node:util";

/** The parts of the benchmark, in the order in which they run. */
export const PARTS = ["latency", "burst", "watching"] as const;
export type Part = (typeof PARTS)[number];

/** How large a run is. */
export interface Options {
  readonly parts: ReadonlySet<Part>;
  /** Halts that are timed one by one on each cluster, and under cosmovisor. */
  readonly halts: number;
  /** Nodes that halt in one block. */
  readonly nodes: number;
  /** How often they do, for the controller and for the bare client each. */
  readonly rounds: number;
  /** Pods that are watched; a tenth and a hundredth of them are measured as well. */
  readonly pods: number;
  /** How long memory and idle CPU are measured. */
  readonly seconds: number;
  readonly json: boolean;
}

export const HELP = `Usage: pnpm run bench:controller [--halts N] [--nodes N] [--rounds N] [--pods N] [--seconds N] [--parts LIST] [--json]

Measures the controller on a real control plane, each figure beside that of a bare client, of client-go or of cosmovisor.
Exits with 1 where a target is missed.

  --halts N     halts timed from exit to swap, on each cluster (default 100), and a fifth of them under cosmovisor
  --nodes N     nodes that halt in one block (default 1000)
  --rounds N    how often they do, for each side (default 3; the figures are medians)
  --pods N      pods watched, and a tenth and a hundredth of them (default 10000)
  --seconds N   how long memory and idle CPU are measured (default 30)
  --parts LIST  some of ${PARTS.join(",")} (default all)
  --json        print the figures as one JSON object
  --help        print this

A quick run: pnpm run bench:controller --halts 10 --nodes 50 --rounds 1 --pods 500 --seconds 5
`;

/** What was asked for can't be done: one sentence, exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} on an unknown option, or a value that is none. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = parsed(args);
  if (values.help) return "help";
  return {
    parts: partsOf(values.parts),
    halts: whole("halts", values.halts),
    nodes: whole("nodes", values.nodes, 10_000),
    rounds: whole("rounds", values.rounds),
    pods: whole("pods", values.pods),
    seconds: whole("seconds", values.seconds),
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        halts: { type: "string", default: "100" },
        nodes: { type: "string", default: "1000" },
        rounds: { type: "string", default: "3" },
        pods: { type: "string", default: "10000" },
        seconds: { type: "string", default: "30" },
        parts: { type: "string", default: PARTS.join(",") },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
}

function whole(name: string, text: string, most = 100_000): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} ${text} is no whole number from 1 to ${most}`);
}

function partsOf(list: string): ReadonlySet<Part> {
  return new Set(
    list.split(",").map((name) => {
      const part = PARTS.find((known) => known === name);
      if (part === undefined) throw new UsageError(`--parts ${list}: ${name} is none of ${PARTS.join(", ")}`);
      return part;
    }),
  );
}
