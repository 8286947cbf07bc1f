/**
 * How long four validators take from the halt to the first block of the new release, under cosmovisor 1.5.0, under a
 * loop around `upgrade-halt exec --announce`, and by a script that waits for nothing, on copies of one chain, in turns: `node chains/bench.ts [RUNS]`.
 */
import { until } from "@upgrade-halt/testing";
import { HaltingChain } from "./halting-chain.ts";
import { installReleases } from "./installed-releases.ts";
import { replacedAtOnce, stopSupervised, underCosmovisor, upgradedByLoop } from "./supervisors.ts";
import type { Release, Validator } from "./validator.ts";

const runs = Number(process.argv[2] ?? 3);
const STANDSTILL_MS = 500;

await using chain = await HaltingChain.create("simd");

/** Milliseconds from `upgrade-info.json` of the first that halts to the first that has applied the plan's block. */
async function haltToBlock(releaseOf: (validator: Validator) => Release): Promise<number> {
  await using network = await chain.planned.copy();
  const { validators } = network;
  await Promise.all(validators.map((validator) => validator.start(releaseOf(validator))));
  try {
    const infos = await until("all to halt", () => {
      const written = validators.flatMap((validator) => validator.upgradeInfo() ?? []);
      return written.length === validators.length && written;
    });
    const haltedAt = Math.min(...infos.map(({ modifiedAt }) => modifiedAt));
    await Promise.any(validators.map((validator) => validator.applies(chain.plan.height)));
    return Date.now() - haltedAt;
  } finally {
    await stopSupervised(network);
  }
}

const WAYS: Readonly<Record<string, (validator: Validator) => Release>> = {
  "cosmovisor 1.5.0": (validator) => {
    installReleases(validator, chain.plan);
    return underCosmovisor(validator);
  },
  "replaced at once": (validator) => replacedAtOnce(validator, chain.plan),
  [`exec --announce --standstill ${STANDSTILL_MS}`]: (validator) =>
    upgradedByLoop(validator, chain.plan, STANDSTILL_MS),
};
const ways = Object.entries(WAYS).map(([name, releaseOf]) => ({ name, releaseOf, list: [] as number[] }));
for (let run = 0; run < runs; run += 1)
  for (const { releaseOf, list } of ways) list.push(await haltToBlock(releaseOf));
for (const { name, list } of ways) {
  const [fastest, median, slowest] = [0, runs >> 1, runs - 1].map((i) => list.sort((a, b) => a - b)[i]);
  process.stdout.write(`${name}: ${fastest} to ${slowest} ms, median ${median} ms (${runs} runs)\n`);
}
