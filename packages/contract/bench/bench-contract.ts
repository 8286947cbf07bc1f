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

async function compare(name: string, intent: Contract.HaltIntent): Promise<void> {
  const text = encodeHaltIntent(intent);
  const bytes = Buffer.from(text);
  const parsed: unknown = JSON.parse(text);
  const bench = new Bench({ time: 400, warmupTime: 200 });
  const rows: Readonly<Record<string, () => unknown>> = {
    "JSON.parse of the text": () => JSON.parse(text),
    "our parse of the text": () => parseHaltIntent(text),
    "JSON.parse of the bytes": () => JSON.parse(utf8.decode(bytes)),
    "our parse of the bytes": () => parseHaltIntent(bytes),
    "our decode of parsed input": () => decodeHaltIntent(parsed),
    "zod's parse of parsed input": () => HaltIntentSchema.parse(parsed),
    "JSON.stringify": () => JSON.stringify(intent),
    "our encode": () => encodeHaltIntent(intent),
  };
  for (const [row, run] of Object.entries(rows)) {
    bench.add(row, () => {
      kept = batch(run);
    });
  }
  await bench.run();
  const median = new Map(
    bench.tasks.map(({ name, result }) => [
      name,
      "latency" in result ? (result.latency.p50 * 1e6) / BATCH : Number.NaN,
    ]),
  );
  console.log(`\n${name}, ${bytes.length} bytes (median of a call)`);
  for (const [row, ns] of median) console.log(`  ${row.padEnd(30)}${ns.toFixed(0).padStart(7)} ns`);
  const ratio = (ours: string, limit: string) =>
    (median.get(ours) ?? Number.NaN) / (median.get(limit) ?? Number.NaN);
  for (const [ours, limit, target] of [
    ["our parse of the text", "JSON.parse of the text", 1.5],
    ["our parse of the bytes", "JSON.parse of the bytes", 1.5],
    ["our encode", "JSON.stringify", 2],
  ] as const) {
    const figure = ratio(ours, limit);
    console.log(`  ${ours} / ${limit}: ${figure.toFixed(2)} (${judge(figure, target)})`);
  }
}

/** One call is shorter than a clock's tick. */
const BATCH = 200;

function batch(run: () => unknown): unknown {
  let last: unknown;
  for (let i = 0; i < BATCH; i++) last = run();
  return last;
}

function hostile(size: number): void {
  console.log(`\na hostile body of ${size / 1024} KiB (worst of 5, in processor time of the thread)`);
  for (const [name, text] of Object.entries(hostileBodies(size))) {
    const bytes = Buffer.from(text);
    let worst = 0;
    let memory = 0;
    for (let i = 0; i < 5; i++) {
      const before = process.memoryUsage().heapUsed;
      const start = process.threadCpuUsage();
      kept = parseHaltIntent(bytes);
      const { user, system } = process.threadCpuUsage(start);
      worst = Math.max(worst, (user + system) / 1_000);
      memory = Math.max(memory, process.memoryUsage().heapUsed - before);
    }
    const { kind } = kept as Contract.HaltIntentReading;
    console.log(
      `  ${name.padEnd(28)}${worst.toFixed(2).padStart(6)} ms, ${(memory / 2 ** 20).toFixed(1).padStart(5)} MiB, ${kind.padEnd(8)} ${judge(worst, 5)}`,
    );
  }
}

function importCost(): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(ENTRY.href)}); console.log(performance.now() - t)`;
  const runs = Array.from({ length: 9 }, () =>
    Number(spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout),
  );
  return runs.sort((a, b) => a - b)[4] ?? Number.NaN;
}

await compare("typical intent", TYPICAL);
await compare("intent with 2 KB of info", LARGE);
hostile(1_048_576);
hostile(PARSE_LIMITS.length);
const { raw, gzip, files } = bundleSize(ENTRY);
console.log(`\nbundle without zod: ${raw} bytes in ${files} files, not minified; ${gzip} bytes through gzip`);
const cost = importCost();
console.log(`import: ${cost.toFixed(1)} ms, median of 9 processes (${judge(cost, 15)})`);
console.log(`${missed} targets missed`);
