import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  crashed,
  downgraded,
  restartedAtTheHeight,
  restoredBelow,
  STANDSTILL_MS,
  skippedHeight,
  tooNew,
} from "./announced-cases.ts";
import type { Plan } from "./governance.ts";
import { ends, endsEverywhere, HaltingChain, NEW, OLD } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { expectProven } from "./proven.ts";
import { faultsAt, signedBy } from "./signatures.ts";
import { announced, stopSupervised, upgradedByLoop } from "./supervisors.ts";
import type { Release, SignedLast, Validator } from "./validator.ts";

/** What a node without the handler of the last plan ends with: the older one says no halt line, and so is a crash. */
const DOWNGRADED: Readonly<Record<Chain, number>> = { simd: 2, sdk: 72 };

/** All validators are past the height on one state, and nobody signed anything twice. */
async function expectUpgraded(
  network: Network,
  { height }: Plan,
  before: readonly SignedLast[],
): Promise<void> {
  await Promise.all(network.validators.map((validator) => validator.passes(height + 2)));
  expect(await faultsAt(network, height + 1, before)).toEqual([]);
}

describe.each(Object.keys(CHAINS) as Chain[])("a real node of %s", (program) => {
  let chain: HaltingChain;

  beforeAll(async () => {
    chain = await HaltingChain.create(program);
  });

  afterAll(() => chain?.[Symbol.asyncDispose]());

  test("announced, that stands at the height, is ended with 70; upgraded under it, two late, all pass", async () => {
    await using network = await chain.planned.copy();
    const start = (validator: Validator, release: Release) =>
      validator.start(announced(release, validator, chain.plan, STANDSTILL_MS));
    await Promise.all(network.validators.map((validator) => start(validator, OLD)));
    await endsEverywhere(network);
    const before = signedBy(network);
    for (const { started } of network.validators)
      expect(started.end, started.program.output()).toMatchObject({ code: 70, signal: null });
    const [a, b, ...late] = network.validators;
    await Promise.all([a, b].map((validator) => validator && start(validator, NEW)));
    // A supervisor that knows no codes starts the old release again.
    await Promise.all(late.map((validator) => start(validator, OLD)));
    await Promise.all(late.map(ends));
    for (const { started } of late)
      expect(started.end, started.program.output()).toMatchObject({ code: 70, signal: null });
    expectProven("at the height, exec --announce", program, "70");
    await Promise.all(late.map((validator) => start(validator, NEW)));
    await expectUpgraded(network, chain.plan, before);
    expectProven("two late, exec --announce", program, "all pass");
  });

  test("announced, in a loop that changes the release after a 70, is upgraded without a person", async () => {
    await using network = await chain.planned.copy();
    const before = signedBy(network);
    await Promise.all(
      network.validators.map((validator) =>
        validator.start(upgradedByLoop(validator, chain.plan, STANDSTILL_MS)),
      ),
    );
    try {
      await expectUpgraded(network, chain.plan, before);
    } finally {
      await stopSupervised(network);
    }
  });

  test("announced, and started again at the height, ends with 70", async () => {
    expect(await restartedAtTheHeight(chain)).toEqual([70]);
    expectProven("started again at it, exec --announce", program, "70");
  });

  // One that lags by a block fails while it fetches that block, and ends; one that does not, in consensus, and stands.
  test("announced, with the new release too early, is left standing until it is stopped or ends with 71, as it does at its next start", async () => {
    const [failed, restarted] = await tooNew(chain);
    expect([0, 71]).toContain(failed);
    expect(restarted).toBe(71);
    expectProven("too new, exec --announce", program, "71");
  });

  test("announced, with the old release again, is left standing until it is stopped or ends as what it says, as it does at its next start", async () => {
    const [failed, restarted] = await downgraded(chain);
    expect([0, DOWNGRADED[program]]).toContain(failed);
    expect(restarted).toBe(DOWNGRADED[program]);
    expectProven("downgrade, exec --announce", program, `${restarted}`);
  });

  test("announced, and ended by SIGSEGV, ends with the node's own code, and runs when it is started again", async () => {
    expect(await crashed(chain)).toEqual([2, 0]);
    expectProven("SIGSEGV, exec --announce", program, "2");
  });

  test("announced, and told to skip the height, passes it, and nothing is announced", async () => {
    expect(await skippedHeight(chain)).toEqual([0]);
    expectProven("skipped height, exec --announce", program, "passes");
  });

  test("announced, with data of before the height, ends with 70 at it, and passes it with the new release", async () => {
    expect(await restoredBelow(chain)).toEqual([70, 0]);
    expectProven("earlier data, exec --announce", program, "70");
  });
});
