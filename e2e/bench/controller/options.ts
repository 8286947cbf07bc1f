import { parsed, partsOf, whole } from "../command-line.ts";

/** The parts of the benchmark, in the order in which they run. */
export const PARTS = ["latency", "burst", "start", "watching"] as const;
export type Part = (typeof PARTS)[number];

/** How large a run is. */
export interface Options {
  readonly parts: ReadonlySet<Part>;
  /** Halts that are timed one by one on each cluster, and under cosmovisor. */
  readonly halts: number;
  /** How many nodes halt in one block: each is measured, from the fewest up. */
  readonly nodes: readonly number[];
  /** How often they do, for the controller and for the bare client each. */
  readonly rounds: number;
  /** Pods that are watched; a tenth and a hundredth of them are measured as well. */
  readonly pods: number;
  /** Pods that are watched in the end, and that nobody governs. */
  readonly idle: number;
  /** How long memory and CPU are measured. */
  readonly seconds: number;
  /** Whether the controller is profiled in one block, and nothing is measured. */
  readonly profile: boolean;
  readonly json: boolean;
}

export const HELP = `Usage: pnpm run bench:controller [--halts N] [--nodes LIST] [--rounds N] [--pods N] [--idle N] [--seconds N] [--parts LIST] [--profile] [--json]

Measures the controller on a real control plane, each figure beside that of a client that makes the fewest writes,
of client-go or of cosmovisor; of which kinds a halt's requests are. A floor is what a bare client takes that also
reads again before each act.
Exits with 1 where a target is missed.

  --halts N     halts timed from exit to swap, on each cluster (default 100), and a fifth of them under cosmovisor
  --nodes LIST  nodes that halt in one block; with several sizes, how the cost grows from each to the next (default 100,1000)
  --rounds N    how often they do, for each side, and how often it is started and killed (default 3; the figures are medians)
  --pods N      pods watched and asked for /status, and a tenth and a hundredth of them (default 10000)
  --idle N      pods watched in the end that no policy governs (default as --pods); with more, how the cost grows
  --seconds N   how long memory and CPU are measured (default 30)
  --parts LIST  some of ${PARTS.join(",")} (default all)
  --profile     measure nothing, but profile the controller while as many nodes as --nodes tells at most halt in one block:
                writes a flame graph for any browser, says where it lies, and prints the five dearest functions
  --json        print the figures as one JSON object
  --help        print this

A quick run: pnpm run bench:controller --halts 10 --nodes 50 --rounds 1 --pods 500 --seconds 5
`;

const MOST = 100_000;
const OPTIONS = {
  halts: { type: "string", default: "100" },
  nodes: { type: "string", default: "100,1000" },
  rounds: { type: "string", default: "3" },
  pods: { type: "string", default: "10000" },
  idle: { type: "string" },
  seconds: { type: "string", default: "30" },
  parts: { type: "string", default: PARTS.join(",") },
  profile: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UsageError} on an unknown option, or a value that is none. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = parsed(args, OPTIONS);
  if (values.help) return "help";
  const pods = whole("pods", values.pods, 1, MOST);
  return {
    parts: partsOf(values.parts, PARTS),
    halts: whole("halts", values.halts, 1, MOST),
    nodes: [...new Set(values.nodes.split(",").map((size) => whole("nodes", size, 1, 10_000)))].sort(
      (a, b) => a - b,
    ),
    rounds: whole("rounds", values.rounds, 1, MOST),
    pods,
    idle: values.idle === undefined ? pods : whole("idle", values.idle, pods, MOST),
    seconds: whole("seconds", values.seconds, 1, MOST),
    profile: values.profile,
    json: values.json,
  };
}
