import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ends, endsEverywhere, HaltingChain, NEW, OLD } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "./signatures.ts";
import type { Release, Validator } from "./validator.ts";

const UPGRADE_HALT = join(import.meta.dirname, "../../packages/consumer/bin/upgrade-halt.js");
const STANDSTILL_MS = 2_000;

let chain: HaltingChain;

beforeAll(async () => {
  chain = await HaltingChain.create("simd");
});

afterAll(() => chain[Symbol.asyncDispose]());

/** A release under `upgrade-halt exec --announce`, with the policy that lists the upgrade. */
function announced(release: Release, { home, rpc }: Validator): Release {
  const policy = join(home, "policy.json");
  const { name, height } = chain.plan;
  const upgrades = [{ planName: name, height, image: "simd:v9" }];
  writeFileSync(policy, JSON.stringify({ chainId: "halting-1", upgrades }));
  const announce = ["--announce", "--home", home, "--rpc", rpc, "--policy", policy];
  const around = [
    process.execPath,
    UPGRADE_HALT,
    "exec",
    ...announce,
    "--standstill",
    `${STANDSTILL_MS}`,
    "--",
  ];
  return { ...release, around };
}

/** All validators are past the height on one state, and nobody signed anything twice. */
async function expectUpgraded(
  network: Network,
  before: ReturnType<Validator["signedLast"]>[],
): Promise<void> {
  const { height } = chain.plan;
  await Promise.all(network.validators.map((validator) => validator.passes(height + 2)));
  const applied = await Promise.all(network.validators.map((validator) => blockAt(validator, height + 1)));
  expect(new Set(applied.map(({ block }) => block.header.app_hash)).size).toBe(1);
  expect(await evidenceUpTo(network.first, height + 2)).toEqual([]);
  expect(signedBackwards(before, network)).toEqual([]);
}

describe("a real node under exec --announce", () => {
  test("that stands at the height is ended and announced with 70; upgraded under it, two late, all pass", async () => {
    await using network = await chain.planned.copy();
    const start = (validator: Validator, release: Release) => validator.start(announced(release, validator));
    await Promise.all(network.validators.map((validator) => start(validator, OLD)));
    await endsEverywhere(network);
    const before = network.validators.map((validator) => validator.signedLast());
    for (const { started, upgradeInfo } of network.validators) {
      expect(started.end, started.program.output()).toMatchObject({ code: 70, signal: null });
      expect(upgradeInfo).toBeDefined();
    }
    const [a, b, ...late] = network.validators;
    await Promise.all([a, b].map((validator) => validator && start(validator, NEW)));
    // A supervisor that knows no codes starts the old release again.
    await Promise.all(late.map((validator) => start(validator, OLD)));
    await Promise.all(late.map(ends));
    for (const { started } of late)
      expect(started.end, started.program.output()).toMatchObject({ code: 70, signal: null });
    await Promise.all(late.map((validator) => start(validator, NEW)));
    await expectUpgraded(network, before);
  });
});
