import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { report } from "../report.ts";
import { findsOfMutant, type Played } from "./finds-of-mutant.ts";
import { MUTANTS } from "./mutants.ts";
import type { Find, Play } from "./play-mutant.ts";

/** By mutant, the seeds that are known to find it. They are played first; a search goes on where they no longer do. */
const KNOWN_SEEDS = new URL("known-seeds.json", import.meta.url);
/** How many seeds a search looks for, to keep the one with the fewest steps. */
const SEARCHED = 2;

export interface KillOptions {
  readonly seed: number;
  /** Most steps for each mutant whose known seeds find nothing. */
  readonly steps: number;
  /** Looks for seeds with few steps whatever is known, and writes them down. */
  readonly searches: boolean;
}

/** What seeds break an invariant without the fix, and none with it. */
interface Outcome extends Played {
  readonly name: string;
}

/** Plays each mutant, and says which of them nobody noticed. Resolves to the exit code. */
export async function killMutants({ seed, steps, searches }: KillOptions): Promise<number> {
  const known: Record<string, readonly number[]> = JSON.parse(readFileSync(KNOWN_SEEDS, "utf8"));
  const waiting = [...MUTANTS];
  const outcomes: Outcome[] = [];
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const seeds = known[mutant.name] ?? [];
      const search = { name: mutant.name, seeds: [], from: seed, steps, wanted: searches ? SEARCHED : 1 };
      const outcome = (searches ? undefined : await playKnown(search, seeds)) ?? (await playMutant(search));
      console.log(describe(outcome));
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const killed = outcomes.filter(({ finds }) => finds.length > 0);
  if (searches) remember(known, killed);
  const survivors = MUTANTS.length - killed.length;
  report("mutants", { passed: killed.length, failed: survivors });
  console.log(`${killed.length} of ${MUTANTS.length} mutants found`);
  return survivors === 0 ? 0 : 1;
}

/** The first of these seeds that finds the mutant; `undefined` where a change has spoilt them all. */
async function playKnown(play: Play, seeds: readonly number[]): Promise<Outcome | undefined> {
  for (const seed of seeds) {
    const outcome = await playMutant({ ...play, seeds: [seed], steps: 0 });
    if (outcome.finds.length > 0) return outcome;
  }
  return undefined;
}

async function playMutant(play: Play): Promise<Outcome> {
  return { name: play.name ?? "", ...(await findsOfMutant(play, playApart)) };
}

async function playApart(play: Play): Promise<Played> {
  const script = join(import.meta.dirname, "play-mutant.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(play)]);
  const [stdout, problem] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const finds = stdout.split("\n").flatMap((line): Find | [] => (line === "" ? [] : JSON.parse(line)));
  return { finds, problem };
}

function describe({ name, finds: [first], problem }: Outcome): string {
  if (first === undefined) return `NOT FOUND: ${name}\n${problem}`.trim();
  return `found: ${name}: seed ${first.seed}, step ${first.steps}: ${first.broken.slice(0, 160)}`;
}

function remember(known: Readonly<Record<string, readonly number[]>>, killed: readonly Outcome[]): void {
  const found = new Map(killed.map(({ name, finds }) => [name, bestOf(finds)]));
  const all = MUTANTS.map(({ name }) => [name, found.get(name) ?? known[name] ?? []] as const);
  writeFileSync(KNOWN_SEEDS, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
}

/** The two with the fewest steps: should a change spoil one, the other may still do. */
function bestOf(finds: readonly Find[]): readonly number[] {
  return finds
    .toSorted((one, other) => one.steps - other.steps)
    .slice(0, 2)
    .map(({ seed }) => seed);
}
