import { readFileSync, writeFileSync } from "node:fs";

/** Seeds whose clusters took, when they were looked for, every branch that any was known to take. */
const KNOWN_SEEDS = new URL("known-seeds.json", import.meta.url);

export function knownSeeds(): readonly number[] {
  return JSON.parse(readFileSync(KNOWN_SEEDS, "utf8"));
}

export function remember(seeds: readonly number[]): void {
  writeFileSync(KNOWN_SEEDS, `${JSON.stringify(seeds)}\n`);
}
