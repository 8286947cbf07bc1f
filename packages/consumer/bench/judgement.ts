import { classify } from "../src/classify.ts";
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

/** Mean µs of one call. */
function timed(call: () => unknown, runs: number): number {
  const started = performance.now();
  for (let i = 0; i < runs; i += 1) if (call() === undefined) _sink += 1;
  return ((performance.now() - started) * 1000) / runs;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
