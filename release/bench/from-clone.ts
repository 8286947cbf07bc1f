/**
 * How long it takes from a clone to green tests, and what share installing, building and testing have: cold, with nothing downloaded
 * before, and once more in the same clone. `--without-tests` leaves the tests out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runIn } from "../../e2e/packages/run-in.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const PNPM = ["--yes", "pnpm@12.21.0"] as const;
const { values } = parseArgs({ options: { "without-tests": { type: "boolean", default: false } } });

const folder = mkdtempSync(join(tmpdir(), "from-clone-"));
const clone = join(folder, "clone");

const STEPS: Readonly<Record<string, readonly string[]>> = {
  install: ["install", "--frozen-lockfile", "--ignore-scripts", "--store-dir", join(folder, "store")],
  build: ["run", "build"],
  ...(!values["without-tests"] && { test: ["run", "test"] }),
};

/** Seconds of each step. */
async function takeTimes(): Promise<ReadonlyMap<string, number>> {
  const seconds = new Map<string, number>();
  for (const [step, args] of Object.entries(STEPS)) {
    const started = performance.now();
    await runIn(clone, "npx", ...PNPM, ...args);
    seconds.set(step, (performance.now() - started) / 1_000);
  }
  return seconds;
}

function print(name: string, seconds: ReadonlyMap<string, number>): void {
  const whole = [...seconds.values()].reduce((sum, one) => sum + one, 0);
  const shares = [...seconds].map(
    ([step, one]) => `${step} ${one.toFixed(1)} s (${Math.round((one / whole) * 100)} %)`,
  );
  process.stdout.write(`${name.padEnd(6)} ${whole.toFixed(0)} s: ${shares.join(", ")}\n`);
}

try {
  await runIn(folder, "git", "clone", "--quiet", ROOT, clone);
  print("cold", await takeTimes());
  print("warm", await takeTimes());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
