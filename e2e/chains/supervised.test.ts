import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ends, endsEverywhere, HaltingChain, NEW, OLD } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "./signatures.ts";
import { announced, stopSupervised, underCosmovisor, upgradedByLoop } from "./supervisors.ts";
import type { Release, SignedLast, Validator } from "./validator.ts";

const STANDSTILL_MS = 2_000;

let chain: HaltingChain;

beforeAll(async () => {
  chain = await HaltingChain.create("simd");
});

afterAll(() => chain?.[Symbol.asyncDispose]());

/** All validators are past the height on one state, and nobody signed anything twice. */
async function expectUpgraded(network: Network, before: readonly SignedLast[]): Promise<void> {
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
    const start = (validator: Validator, release: Release) =>
      validator.start(announced(release, validator, chain.plan, STANDSTILL_MS));
    await Promise.all(network.validators.map((validator) => start(validator, OLD)));
    await endsEverywhere(network);
    const before = network.validators.map((validator) => validator.signedLast());
    for (const { started } of network.validators)
      expect(started.end, started.program.output()).toMatchObject({ code: 70, signal: null });
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

  test("in a loop that changes the release after a 70, is upgraded without a person", async () => {
    await using network = await chain.planned.copy();
    const before = network.validators.map((validator) => validator.signedLast());
    await Promise.all(
      network.validators.map((validator) =>
        validator.start(upgradedByLoop(validator, chain.plan, STANDSTILL_MS)),
      ),
    );
    try {
      await expectUpgraded(network, before);
    } finally {
      await stopSupervised(network);
    }
  });
});

test("under cosmovisor, that backs its data up, a node is upgraded, and nothing is signed twice", async () => {
  await using network = await chain.planned.copy();
  const before = network.validators.map((validator) => validator.signedLast());
  await Promise.all(
    network.validators.map((validator) => validator.start(underCosmovisor(validator, chain.plan))),
  );
  try {
    await expectUpgraded(network, before);
  } finally {
    await stopSupervised(network);
  }
});
