import { classify } from "../src/classify.ts";
import { findPlanLines } from "../src/log/find-plan-lines.ts";
import { decodeStatus } from "../src/status/decode-status.ts";
import { quantile } from "./quantile.ts";
import { EVIDENCES, seiStatus } from "./samples.ts";

/** Kept from being optimised away. */
let _sink = 0;

/** How many classifications a second of one core, and the time that 99 of 100 keep within, in µs. */
export function benchClassify(runs = 3_000_000) {
  const times = new Float64Array(Math.min(runs, 500_000));
  rounds(runs / 10);
  const before = process.cpuUsage();
  rounds(runs);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  for (let i = 0; i < times.length; i += 1) {
    const at = performance.now();
    rounds(1, i);
    times[i] = performance.now() - at;
  }
  return { perSecond: Math.round(runs / seconds), p99Us: round(quantile(times, 0.99) * 1000) };
}

function rounds(count: number, from = 0): void {
  for (let i = 0; i < count; i += 1) {
    const evidence = EVIDENCES[(from + i) % EVIDENCES.length];
    if (evidence !== undefined) _sink += classify(evidence).why.length;
  }
}

/** µs to read a Sei `/status` that carries an intent, against `JSON.parse` of the same text. */
export function benchDecode(runs = 200_000) {
  const text = JSON.stringify(seiStatus(240_000_000, true));
  const parse = () => JSON.parse(text) as unknown;
  const decode = () => decodeStatus(JSON.parse(text));
  for (const warm of [parse, decode]) timed(warm, runs / 4);
  const parseUs = timed(parse, runs);
  const decodeUs = timed(decode, runs);
  return {
    bytes: text.length,
    parseUs: round(parseUs),
    decodeUs: round(decodeUs),
    ratio: round(decodeUs / parseUs),
  };
}

/** How often the sides of a comparison take turns. */
const ROUNDS = 5;
/** Each of the chain's halt texts has one of these words. */
const HALT_WORDS = /NEEDED at height|BINARY UPDATED BEFORE|upgrade handler is missing/;

/**
 * CPU ms to find the halt lines of a log of so many MiB that stands in a JSON document, against `JSON.parse` of that document, and
 * against the least that can be done to its lines: to split them, and to look for the words of a halt in each.
 */
export function benchLog(mib: number, runs = Math.ceil(30 / mib)) {
  const text = JSON.stringify({ log: nodeLog(mib * 2 ** 20) });
  const parsed = () => JSON.parse(text) as { readonly log: string };
  const read = () => findPlanLines(parsed().log);
  const least = () =>
    parsed()
      .log.split("\n")
      .filter((line) => HALT_WORDS.test(line));
  for (const warm of [parsed, least, read]) timed(warm, runs);
  const sides = [parsed, least, read].map((call) => ({ call, ms: [] as number[] }));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { call, ms } of sides) ms.push(timed(call, runs) / 1000);
  const [parseMs = 0, leastMs = 0, readMs = 0] = sides.map(({ ms }) => quantile(ms, 0.5));
  return { parseMs, leastMs, readMs };
}

/** A log of at least so many characters, of a node that makes blocks and then halts. */
function nodeLog(least: number): string {
  const blocks: string[] = [];
  for (let height = 1; blocks.length * 150 < least; height += 1)
    blocks.push(
      `1:00PM INF executed block height=${height} module=state num_invalid_txs=0 num_valid_txs=12\n`,
      `1:00PM INF committed state app_hash=${"7A1B2C3D".repeat(8)} height=${height} module=state num_txs=12\n`,
    );
  return `${blocks.join("")}panic: UPGRADE "v6.7" NEEDED at height: 30: \n\ngoroutine 1 [running]:\nmain.main()\n`;
}

/** Mean CPU time of one call, in µs: what else runs on the machine is not in it. */
function timed(call: () => unknown, runs: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i += 1) if (call() === undefined) _sink += 1;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / runs;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
