import { cpus } from "node:os";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** What was asked for can't be done: one sentence, exit code 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The values of a benchmark's options. @throws {UsageError} on an option that it does not know. */
export function parsed<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
}

/** The number that an option has. @throws {UsageError} where it is none from `least` to `most`. */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} ${text} is no whole number from ${least} to ${most}`);
}

/** The parts in a comma-separated list. @throws {UsageError} on one that is not known. */
export function partsOf<T extends string>(
  list: string,
  known: readonly T[],
  option = "parts",
): ReadonlySet<T> {
  return new Set(
    list.split(",").map((name) => {
      const part = known.find((one) => one === name);
      if (part === undefined)
        throw new UsageError(`--${option} ${list}: ${name} is none of ${known.join(", ")}`);
      return part;
    }),
  );
}

/** What a benchmark ran on, with the load before it began. */
export function machineOf(loadBefore: number) {
  const { length, 0: cpu } = cpus();
  return { cpus: length, model: cpu?.model ?? "unknown", loadBefore, node: process.version };
}

/** Runs a benchmark and ends the process with its exit code: 64 on bad usage, 1 where it failed. */
export async function runBench(name: string, main: () => Promise<number>): Promise<never> {
  try {
    process.exitCode = await main();
  } catch (error) {
    const usage = error instanceof UsageError;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: ${text}${usage ? " (see --help)" : ""}\n`);
    process.exitCode = usage ? 64 : 1;
  }
  // Nothing that is left to wait for may hold it up: everything it started has been stopped.
  process.exit();
}
