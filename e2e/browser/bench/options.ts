import { parsed, partsOf, whole } from "../../bench/command-line.ts";

/** The parts of the benchmark, in the order in which they run. */
export const PARTS = ["script", "pixel", "memory", "idle", "pages", "start"] as const;
export type Part = (typeof PARTS)[number];

/** How large a run is. */
export interface Options {
  readonly parts: ReadonlySet<Part>;
  /** Nodes that the page shows while events are timed and frames are counted. */
  readonly nodes: number;
  /** Events that are timed one by one. */
  readonly events: number;
  /** Virtual hours that are told to one page. */
  readonly hours: number;
  /** Nodes that a sandbox runs while nothing happens. */
  readonly running: number;
  /** How long its CPU, and the frames of the page, are measured. */
  readonly seconds: number;
  /** How often swaps are timed with pages open, and with none, and how often `demo` is started. */
  readonly rounds: number;
  /** Nodes of the cluster that is set beside the first release's. */
  readonly crowd: number;
  readonly json: boolean;
}

export const HELP = `Usage: pnpm run bench:sandbox [--nodes N] [--events N] [--hours N] [--running N] [--seconds N] [--rounds N] [--crowd N] [--parts LIST] [--json]

Measures the sandbox and its page in Debian's Chromium. Exits with 1 where a target is missed.

  --nodes N     nodes that the page shows while events are timed and frames counted (default 200)
  --events N    events timed one by one, from the API server to the pixel (default 100)
  --hours N     virtual hours of events that one page is told, its memory read after each (default 24)
  --running N   nodes of the sandbox whose memory and idle CPU are measured (default 50, at most 64)
  --seconds N   how long frames are counted, and CPU is measured (default 20)
  --rounds N    rounds of sixteen swaps, timed from exit to swap, eight with ten pages open and eight with none (default 10);
                and how often \`demo\` is started, this one and the first release's in turns
  --crowd N     nodes of a cluster whose start is set beside the first release's (default 200)
  --parts LIST  some of ${PARTS.join(",")} (default all)
  --json        print the figures as one JSON object
  --help        print this

A virtual hour is 2,400 events and 1,800 states, each drawn before the next is told: as many as a real hour draws at least.
Memory of processes is the proportional set size (Pss in /proc/PID/smaps_rollup) of all processes of the sandbox together: a
page of memory that processes share counts once.

A quick run: pnpm run bench:sandbox --nodes 20 --events 10 --hours 3 --running 4 --seconds 5 --rounds 1 --crowd 4
`;

const OPTIONS = {
  nodes: { type: "string", default: "200" },
  events: { type: "string", default: "100" },
  hours: { type: "string", default: "24" },
  running: { type: "string", default: "50" },
  seconds: { type: "string", default: "20" },
  rounds: { type: "string", default: "10" },
  crowd: { type: "string", default: "200" },
  parts: { type: "string", default: PARTS.join(",") },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws {UsageError} on an unknown option, or a value that is none. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = parsed(args, OPTIONS);
  if (values.help) return "help";
  return {
    parts: partsOf(values.parts, PARTS),
    nodes: whole("nodes", values.nodes, 1, 1_000),
    events: whole("events", values.events, 1, 10_000),
    hours: whole("hours", values.hours, 2, 240),
    running: whole("running", values.running, 1, 64),
    seconds: whole("seconds", values.seconds, 1, 600),
    rounds: whole("rounds", values.rounds, 1, 1_000),
    crowd: whole("crowd", values.crowd, 1, 1_000),
    json: values.json,
  };
}
