/**
 * Plays the clusters of these seeds one after the other, and then of those from `first` on until so many steps are done. Says of each
 * as a line of JSON which branches it took. V8 counts where `NODE_V8_COVERAGE` names a folder.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { takeCoverage } from "node:v8";
import { planOf, playEpisode } from "../episode/episode.ts";
import { byPlace } from "./branches.ts";
import { branchesOfScripts } from "./branches-of-scripts.ts";
import type { Take } from "./seeds-for.ts";

Error.stackTraceLimit = 0;

const [most = 0, first = 1, ...seeds] = process.argv.slice(2).map(Number);
const folder = process.env.NODE_V8_COVERAGE ?? "";
let steps = 0;
for (const seed of seeds) await play(seed);
for (let seed = first; steps < most; seed += 1) if (!planOf(seed).hasNight) await play(seed);

async function play(seed: number): Promise<void> {
  const { steps: own, broken } = await playEpisode({ seed });
  steps += own;
  const taken = await takenSince();
  if (broken === undefined) console.log(JSON.stringify({ seed, steps: own, taken } satisfies Take));
}

/** What was taken since the call before: V8 names no script of which nothing was. */
async function takenSince(): Promise<readonly string[]> {
  takeCoverage();
  const [name = ""] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  rmSync(join(folder, name));
  const branches = await branchesOfScripts(result);
  return [...byPlace(branches)].flatMap(([place, { isTaken }]) => (isTaken ? place : []));
}
