/** The fuzzer of the reader: one seed, any number of rounds. */
import { isDeepStrictEqual } from "node:util";
import { seededRandom } from "@upgrade-halt/testing";
import { decodeHaltIntent } from "../src/decode-halt-intent.ts";
import { parseHaltIntent } from "../src/parse-halt-intent.ts";
import { checkBody, checkValue } from "./laws.ts";
import { randomBody } from "./random-body.ts";
import { randomValue } from "./random-value.ts";

/** No reading may take longer, in ms. */
export const HANG_MS = 10;

/** What a run saw. */
export interface FuzzReport {
  readonly runs: number;
  /** How often each kind of reading came out. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/** A law was broken; the message says in which run of which seed, and by what. */
export class FuzzFinding extends Error {
  override readonly name = "FuzzFinding";
}

/**
 * Reads `runs` random bodies and as many random values; `onRun` hears how many are done.
 *
 * @throws {FuzzFinding} at the first that breaks a law, or takes longer than `hangMs`.
 */
export function fuzz(
  seed: number,
  runs: number,
  hangMs = HANG_MS,
  onRun: (done: number) => void = () => {},
): FuzzReport {
  const kinds: Record<string, number> = {};
  const before = prototypes();
  let slowestMs = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seedOfRun(seed, run));
    const body = randomBody(random);
    const value = randomValue(random);
    try {
      checkBody(body);
      checkValue(value);
    } catch (cause) {
      throw new FuzzFinding(`${where(seed, run)} broke a law: ${cause}: ${shown(body)}`, { cause });
    }
    const [ms, kind] = timed(() => parseHaltIntent(body));
    const [alsoMs, alsoKind] = timed(() => decodeHaltIntent(value));
    for (const each of [kind, alsoKind]) kinds[each] = (kinds[each] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, ms, alsoMs);
    if (slowestMs > hangMs) throw new FuzzFinding(`${where(seed, run)} took ${slowestMs} ms: ${shown(body)}`);
    onRun(run + 1);
  }
  if (!isDeepStrictEqual(prototypes(), before)) throw new FuzzFinding(`seed ${seed} changed a prototype`);
  return { runs, kinds, slowestMs };
}

function timed(read: () => { readonly kind: string }): [number, string] {
  let best = Number.POSITIVE_INFINITY;
  let kind = "";
  // Another process may have had the processor; nobody has it each time.
  for (let attempt = 0; attempt < 10 && best > HANG_MS / 5; attempt++) {
    const start = performance.now();
    kind = read().kind;
    best = Math.min(best, performance.now() - start);
  }
  return [best, kind];
}

function prototypes(): unknown {
  return [Object, Array, Function, String, Number].map(({ prototype }) =>
    Object.getOwnPropertyDescriptors(prototype),
  );
}

/** Far enough apart that runs of neighbouring seeds share no input. */
function seedOfRun(seed: number, run: number): number {
  return (seed + Math.imul(run, 0x9e3779b1)) >>> 0;
}

function where(seed: number, run: number): string {
  return `seed ${seed}, run ${run} (alone: --seed ${seedOfRun(seed, run)} --runs 1)`;
}

function shown(body: Uint8Array): string {
  return JSON.stringify(Buffer.from(body).toString("latin1").slice(0, 500));
}
