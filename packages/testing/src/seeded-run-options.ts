/** The command line of a seeded run: how long it is, and the seed that makes it the same again. */
import { parseArgs } from "node:util";

/** What a seeded run was told. */
export interface SeededRun {
  readonly kind: "run";
  readonly seed: number;
  readonly size: number;
  /** The switches that were given. */
  readonly switches: ReadonlySet<string>;
}

/** What to print instead of the run, and the exit code to end with. */
export interface Refusal {
  readonly kind: "help" | "usage-error";
  readonly exitCode: 0 | 64;
  readonly text: string;
}

/** What a seeded run can be told. */
export interface SeededRunUsage {
  readonly command: string;
  readonly does: string;
  /** The option for the size, such as `runs`. */
  readonly size: string;
  readonly defaultSize: number;
  /** Each switch and what it does. */
  readonly switches?: Readonly<Record<string, string>>;
}

/** Reads a command line; `anySeed` gives the seed when none was given. */
export function seededRunOf(
  args: readonly string[],
  usage: SeededRunUsage,
  anySeed: () => number,
): SeededRun | Refusal {
  const switches = Object.keys(usage.switches ?? {});
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean" },
        seed: { type: "string" },
        [usage.size]: { type: "string" },
        ...Object.fromEntries(switches.map((name) => [name, { type: "boolean" }] as const)),
      },
    });
    if (values.help) return { kind: "help", exitCode: 0, text: helpOf(usage) };
    const seed = wholeNumber("seed", values.seed, 0) ?? anySeed();
    const size = wholeNumber(usage.size, values[usage.size], 1) ?? usage.defaultSize;
    return { kind: "run", seed, size, switches: new Set(switches.filter((name) => values[name])) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { kind: "usage-error", exitCode: 64, text: `${usage.command}: ${problem} (see --help)` };
  }
}

function wholeNumber(option: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${option} is ${JSON.stringify(value)}: give a whole number of at least ${least}`);
}

function helpOf({ command, does, size, defaultSize, switches = {} }: SeededRunUsage): string {
  const options = {
    "seed S": "where its random numbers start (any, and printed)",
    [`${size} N`]: `how many (${defaultSize})`,
    ...switches,
    help: "this text",
  };
  const lines = Object.entries(options).map(([option, text]) => `  --${option.padEnd(12)}${text}`);
  return [`${command}: ${does}`, "", ...lines].join("\n");
}
