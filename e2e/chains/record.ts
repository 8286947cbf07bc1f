/**
 * Records what real nodes say around an upgrade: `node chains/record.ts`. Writes one file per chain beside the consumer's
 * other samples. Build the nodes first: `node chains/build.ts`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "./cases.ts";
import { HaltingChain } from "./halting-chain.ts";
import { CHAINS, type Chain } from "./programs.ts";
import type { Sample } from "./samples.ts";

const FIXTURES = join(import.meta.dirname, "../../packages/consumer/src/adapters/fixtures/chains");

for (const chain of Object.keys(CHAINS) as Chain[]) {
  await using halting = await HaltingChain.create(chain);
  const samples: Sample[] = [...halting.standing, ...halting.stopped];
  for (const play of CASES) samples.push(...(await play(halting)));
  const recorded = { program: chain, ...CHAINS[chain], command: `${chain} start --home HOME`, validators: 4 };
  const path = join(FIXTURES, `${chain}.json`);
  writeFileSync(
    path,
    `${JSON.stringify({ recorded, plan: halting.plan, samples: oneOfEachFormat(samples) }, null, 2)}\n`,
  );
  process.stdout.write(`${path}: ${samples.length} samples taken\n`);
}

/** The first sample of each name in each log format: the other validators say the same. */
function oneOfEachFormat(samples: readonly Sample[]): readonly Sample[] {
  const key = ({ name, flags }: Sample): string => `${name} ${flags.includes("json")}`;
  return samples.filter((sample, i) => samples.findIndex((other) => key(other) === key(sample)) === i);
}
