/** A process of its own for a mutant, or for the program as it is: prints each seed that broke an invariant as a line of JSON. */
import { MUTANTS } from "./mutants.ts";
import { takeOut } from "./take-out.ts";

/** What to play: these seeds, then those from `from` on for so many steps, until `wanted` of them broke something. */
export interface Play {
  /** The mutant; `null` for the program as it is. */
  readonly name: string | null;
  readonly seeds: readonly number[];
  readonly from: number;
  readonly steps: number;
  readonly wanted: number;
}

/** A seed that broke an invariant, after how many of its steps, and of the whole search's. */
export interface Find {
  readonly seed: number;
  readonly broken: string;
  readonly steps: number;
  readonly played: number;
}

Error.stackTraceLimit = 0;

const { name, seeds, from, steps, wanted }: Play = JSON.parse(process.argv[2] ?? "");
const mutant = MUTANTS.find((one) => one.name === name);
if (mutant === undefined && name !== null) throw new Error(`there is no mutant "${name}"`);
const isOut = mutant && takeOut(mutant);
const { planOf, playEpisode } = await import("../episode/episode.ts");
if (isOut && !isOut()) throw new Error(`a file of "${name}" was not loaded: its fix is not out`);

let found = 0;
let played = 0;
const isRestLeftOut = mutant !== undefined && mutant.showsAtEnd !== true;
const play = async (seed: number): Promise<void> => {
  const result = await playEpisode({ seed, isRestLeftOut });
  played += result.steps;
  if (result.broken === undefined) return;
  found += 1;
  const find: Find = { seed, broken: result.broken, steps: result.steps, played };
  console.log(JSON.stringify(find));
};
for (const seed of seeds) if (found < wanted) await play(seed);
played = 0;
for (let seed = from; found < wanted && played < steps; seed += 1) if (mayShow(seed)) await play(seed);

/** Whether a seed plans what the mutant's fault can't show without, and comes to it soon. */
function mayShow(seed: number): boolean {
  const { events, target, chain, hasNight } = planOf(seed);
  const { needs = [], target: only = target, isOfLegacy = chain.isLegacy } = mutant ?? {};
  return (
    !hasNight &&
    target === only &&
    isOfLegacy === chain.isLegacy &&
    needs.every((kinds) => events.some(({ kind }) => kinds.includes(kind)))
  );
}
