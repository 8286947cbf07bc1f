/**
 * Measures the built package beside the limits it is held to, in one run: `node bench/bench-contract.ts`. The last line counts the targets missed.
 */
import { spawnSync } from "node:child_process";
import { Bench } from "tinybench";
import type * as Contract from "../src/index.ts";
import { bundleSize } from "./bundle-size.ts";
import { hostileBodies, LARGE, TYPICAL } from "./samples.ts";

// What users import is the build, not the source.
const ENTRY = new URL("../dist/index.js", import.meta.url);
const {
  decodeHaltIntent,
  encodeHaltIntent,
  HaltIntentSchema,
  PARSE_LIMITS,
  parseHaltIntent,
}: typeof Contract = await import(ENTRY.href);

const utf8 = new TextDecoder("utf-8", { fatal: true });
let kept: unknown;
let missed = 0;

function judge(figure: number, limit: number): string {
  if (figure <= limit) return `target ${limit}: met`;
  missed++;
  return `target ${limit}: MISSED`;
}

/** Passes of all rows in turn: whatever else the machine does meanwhile falls on both sides of a ratio. */
const PASSES = 8;

async function compare(name: string, intent: Contract.HaltIntent): Promise<void> {
  const text = encodeHaltIntent(intent);
  const bytes = Buffer.from(text);
  const parsed: unknown = JSON.parse(text);
  const times = await lowestMedians({
    "JSON.parse of the text": () => JSON.parse(text),
    "our parse of the text": () => parseHaltIntent(text),
    "JSON.parse of the bytes": () => JSON.parse(utf8.decode(bytes)),
    "our parse of the bytes": () => parseHaltIntent(bytes),
    "our decode of parsed input": () => decodeHaltIntent(parsed),
    "zod's parse of parsed input": () => HaltIntentSchema.parse(parsed),
    "JSON.stringify": () => JSON.stringify(intent),
    "our encode": () => encodeHaltIntent(intent),
  });
  console.log(`\n${name}, ${bytes.length} bytes (of a call, the lowest median of ${PASSES} passes)`);
  for (const [row, ns] of times) console.log(`  ${row.padEnd(30)}${ns.toFixed(0).padStart(7)} ns`);
  for (const [ours, limit, target] of [
    ["our parse of the text", "JSON.parse of the text", 1.5],
    ["our parse of the bytes", "JSON.parse of the bytes", 1.5],
    ["our encode", "JSON.stringify", 2],
  ] as const) {
    const figure = (times.get(ours) ?? Number.NaN) / (times.get(limit) ?? Number.NaN);
    console.log(`  ${ours} / ${limit}: ${figure.toFixed(2)} (${judge(figure, target)})`);
  }
}

/** The time of a call in ns, row by row. */
async function lowestMedians(
  rows: Readonly<Record<string, () => unknown>>,
): Promise<ReadonlyMap<string, number>> {
  const lowest = new Map<string, number>();
  for (let pass = 0; pass < PASSES; pass++) {
    const bench = new Bench({ time: 60, warmupTime: 20 });
    for (const [row, run] of Object.entries(rows)) {
      bench.add(row, () => {
        kept = batch(run);
      });
    }
    await bench.run();
    for (const { name, result } of bench.tasks) {
      if (!("latency" in result)) throw new Error(`${name} could not be measured: ${result.state}`);
      const ns = (result.latency.p50 * 1e6) / BATCH;
      lowest.set(name, Math.min(lowest.get(name) ?? Number.POSITIVE_INFINITY, ns));
    }
  }
  return lowest;
}

/** One call is shorter than a clock's tick. */
const BATCH = 200;

function batch(run: () => unknown): unknown {
  let last: unknown;
  for (let i = 0; i < BATCH; i++) last = run();
  return last;
}

function hostile(size: number): void {
  console.log(
    `\na hostile body of ${size / 1024} KiB (median and worst of ${READINGS} readings, most heap of one)`,
  );
  for (const [name, text] of Object.entries(hostileBodies(size))) {
    const bytes = Buffer.from(text);
    const times: number[] = [];
    let memory = 0;
    for (let i = 0; i < READINGS; i++) {
      const before = process.memoryUsage().heapUsed;
      const start = performance.now();
      kept = parseHaltIntent(bytes);
      times.push(performance.now() - start);
      memory = Math.max(memory, process.memoryUsage().heapUsed - before);
    }
    const { kind } = kept as Contract.HaltIntentReading;
    const [median, worst] = [medianOf(times), Math.max(...times)];
    console.log(
      `  ${name.padEnd(28)}${ms(median)} ms, ${ms(worst)} ms, ${(memory / 2 ** 20).toFixed(1).padStart(5)} MiB, ${kind.padEnd(8)} ${judge(median, 5)}`,
    );
  }
}

const READINGS = 15;

function ms(time: number): string {
  return time.toFixed(2).padStart(6);
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

/** What an import takes in a process of its own, each time. */
function importTimes(): readonly number[] {
  const script = `const t = performance.now(); await import(${JSON.stringify(ENTRY.href)}); console.log(performance.now() - t)`;
  return Array.from({ length: 15 }, () =>
    Number(spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout),
  );
}

await compare("typical intent", TYPICAL);
await compare("intent with 2 KB of info", LARGE);
hostile(1_048_576);
hostile(PARSE_LIMITS.length);
const { raw, gzip, files } = bundleSize(ENTRY);
console.log(`\nbundle without zod: ${raw} bytes in ${files} files, not minified; ${gzip} bytes through gzip`);
const imports = importTimes();
console.log(
  `import: ${Math.min(...imports).toFixed(1)} ms, median ${medianOf(imports).toFixed(1)} ms of ${imports.length} processes (${judge(Math.min(...imports), 15)})`,
);
console.log(`${missed} targets missed`);
