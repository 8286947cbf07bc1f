/**
 * How long a halt takes, process by process: decision -> artifacts durable -> intent published -> servers stopped -> process gone, beside
 * what one fsync costs on the same disk at the same time. Exits with 1 where the target is missed. Size: --runs (100).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { runs: { type: "string", default: "100" } } });
const MILESTONES = [
  "one fsync",
  "to durable",
  "to published",
  "to stopped",
  "to exit",
  "exit beyond one fsync",
] as const;
type Halt = Readonly<Record<(typeof MILESTONES)[number], number>>;

async function measureOne(folder: string): Promise<Halt> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "halting-server.ts"), folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const output = text(child.stdout);
  const [code] = await once(child, "exit");
  const gone = Number(process.hrtime.bigint()) / 1e6;
  if (code !== 70) throw new Error(`the halting server ended with ${code}`);
  const { fsync, decided, durable, published, stopped } = JSON.parse(await output);
  return {
    "one fsync": fsync,
    "to durable": durable - decided,
    "to published": published - decided,
    "to stopped": stopped - decided,
    "to exit": gone - decided,
    "exit beyond one fsync": gone - decided - fsync,
  };
}

/** The most that a halt may take on top of one fsync, at its 95th percentile, in ms. */
const TARGET = 20;

function percentile(halts: readonly Halt[], milestone: keyof Halt, share: number): number {
  const sorted = halts.map((halt) => halt[milestone]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), "bench-halt-"));
try {
  const halts: Halt[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    rmSync(join(folder, "upgrade-info.json"), { force: true });
    halts.push(await measureOne(folder));
  }
  process.stdout.write(`${"ms from the decision".padEnd(24)}${"p50".padStart(10)}${"p95".padStart(10)}\n`);
  for (const milestone of MILESTONES) {
    const cells = [0.5, 0.95].map((share) => percentile(halts, milestone, share).toFixed(2).padStart(10));
    process.stdout.write(`${milestone.padEnd(24)}${cells.join("")}\n`);
  }
  const beyond = percentile(halts, "exit beyond one fsync", 0.95);
  const isMet = beyond <= TARGET;
  process.stdout.write(
    `${isMet ? "met" : "MISSED"}: at most ${TARGET} ms on top of one fsync: ${beyond.toFixed(2)} ms at p95\n`,
  );
  if (!isMet) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
