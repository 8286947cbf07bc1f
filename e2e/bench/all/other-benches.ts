import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = join(import.meta.dirname, "../../..");

/** The other benchmarks, in the order in which they run, and how each is asked for its figures. */
export const OTHER_BENCHES: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  consumer: [],
  command: ["--json"],
  halt: [],
  status: [],
  swaps: [],
  executable: [],
  packages: [],
  chains: [],
  controller: ["--json"],
  sandbox: ["--json"],
  clone: [],
};

/** What a benchmark came to. */
export interface BenchEnd {
  readonly name: string;
  readonly exitCode: number | null;
  /** Its own JSON, or the lines that it printed where it has none. */
  readonly figures: unknown;
}

/** Runs one of the others with its default sizes; what it says of its progress goes to standard error. */
export async function runOther(name: string): Promise<BenchEnd> {
  const args = ["--yes", "pnpm@12.21.0", "--silent", "run", `bench:${name}`, ...(OTHER_BENCHES[name] ?? [])];
  const child = spawn("npx", args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const [printed, [exitCode]] = await Promise.all([
    text(child.stdout),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { name, exitCode, figures: figuresIn(printed) };
}

export function figuresIn(printed: string): unknown {
  const trimmed = printed.trim();
  try {
    return JSON.parse(trimmed);
  } catch {
    return trimmed.split("\n");
  }
}
