import { rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "./governance.ts";
import { ends, HaltingChain, NEW, OLD } from "./halting-chain.ts";
import type { Network } from "./network.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { expectProven } from "./proven.ts";
import { faultsAt, signedBy } from "./signatures.ts";
import {
  announce,
  installRelease,
  installReleases,
  placesOf,
  stopSupervised,
  underCosmovisor,
} from "./supervisors.ts";
import { nodeOf, type Release, type Validator } from "./validator.ts";

/** Longer than cosmovisor takes to change the binary. */
const STANDSTILL_MS = 30_000;
/** What a node without the handler of the last plan is told to be: the older one says no halt line, and cosmovisor ends with 1. */
const DOWNGRADED: Readonly<Record<Chain, number>> = { simd: 1, sdk: 72 };

/** `exec --announce` around cosmovisor around the releases that are installed. */
function announcedCosmovisor(validator: Validator, plan: Plan, flags: readonly string[] = []): Release {
  const { supervised = (command) => command, env = {} } = underCosmovisor(validator);
  const around = announce(validator, plan, STANDSTILL_MS);
  return { env, flags, supervised: (command) => [...around, ...supervised(command)] };
}

const split = ({ validators }: Network): readonly [Validator, readonly Validator[]] => {
  const [last, ...others] = validators.toReversed() as [Validator, ...Validator[]];
  return [last, others];
};

describe.each(Object.keys(CHAINS) as Chain[])("a real node of %s under cosmovisor", (program) => {
  let chain: HaltingChain;

  beforeAll(async () => {
    chain = await HaltingChain.create(program);
  });

  afterAll(() => chain?.[Symbol.asyncDispose]());

  /** Starts a release that fails: the code that it ended with by itself, or `undefined` where it lives on until it is told to stop. */
  async function codeOfFailed(validator: Validator): Promise<number | null | undefined> {
    await validator.start(announcedCosmovisor(validator, chain.plan));
    await validator.fails();
    const code = validator.started.end?.code;
    await validator.stop();
    return code;
  }

  async function codeOf(validator: Validator): Promise<number | null | undefined> {
    await validator.start(announcedCosmovisor(validator, chain.plan));
    await ends(validator);
    return validator.started.end?.code;
  }

  /**
   * Starts a node at the height, and again where cosmovisor missed what the node wrote before it ended, as what runs around it does,
   * until it is past it.
   */
  async function passesWhenRestarted(
    validator: Validator,
    release: Release,
    missed: readonly number[],
    restarts = 10,
  ): Promise<void> {
    await validator.start(release);
    await until(
      `${validator.name} to pass, or to end`,
      async () => validator.started.end ?? ((await validator.height()) ?? 0) > chain.plan.height + 2,
      { within: 90_000, explain: () => validator.node.output().slice(-4_000) },
    );
    const { end } = validator.started;
    if (end === undefined) return;
    expect(missed, validator.node.output()).toContain(end.code);
    expect(restarts, validator.node.output()).toBeGreaterThan(0);
    await passesWhenRestarted(validator, release, missed, restarts - 1);
  }

  test("that backs its data up is upgraded, where the new binary came late when it is started again, and nothing is signed twice", async () => {
    await using network = await chain.planned.copy();
    const { validators } = network;
    const before = signedBy(network);
    const [early, late] = [validators.slice(0, 2), validators.slice(2)];
    for (const validator of validators) installReleases(validator, chain.plan);
    for (const validator of late) rmSync(placesOf(validator, chain.plan)[1]);
    try {
      await Promise.all(validators.map((validator) => validator.start(underCosmovisor(validator))));
      await Promise.all(late.map(ends));
      for (const { started } of late)
        expect(started.end, started.program.output()).toMatchObject({ code: 1 });
      for (const validator of late) installReleases(validator, chain.plan);
      await Promise.all(
        late.map((validator) => passesWhenRestarted(validator, underCosmovisor(validator), [1])),
      );
      await Promise.all(early.map((validator) => validator.passes(chain.plan.height + 2)));
      expect(await faultsAt(network, chain.plan.height + 1, before)).toEqual([]);
      expectProven("at the height, cosmovisor", program, "upgraded");
      expectProven("two late, cosmovisor", program, "all pass");
    } finally {
      await stopSupervised(network);
    }
  });

  // Where cosmovisor misses the file of a node that ended, the halt is announced around it.
  test("that was started at the height, or with data of before it, is upgraded, or held at 70 until it is started again; one that was downgraded is announced", async () => {
    await using network = await chain.halted.copy();
    const before = signedBy(network);
    const [validator, others] = split(network);
    const [genesis, upgraded] = installReleases(validator, chain.plan);
    await Promise.all(others.map((other) => other.start(NEW)));
    const passes = () => passesWhenRestarted(validator, announcedCosmovisor(validator, chain.plan), [70]);
    try {
      await passes();
      expectProven("started again at it, cosmovisor", program, "upgraded, or 70");
      await validator.catchesUp();
      await validator.stop();

      installRelease(validator, upgraded);
      expect([undefined, DOWNGRADED[program]]).toContain(await codeOfFailed(validator));
      expect(await codeOf(validator)).toBe(DOWNGRADED[program]);
      expectProven("downgrade, cosmovisor", program, `${DOWNGRADED[program]}`);

      installReleases(validator, chain.plan);
      rmSync(join(genesis, "../../../current"));
      validator.restoreFrom(split(chain.planned)[0]);
      await passes();
      expectProven("earlier data, cosmovisor", program, "upgraded, or 70");
      expect(await faultsAt(network, chain.plan.height + 1, before)).toEqual([]);
    } finally {
      await stopSupervised({ validators: [validator] });
    }
  });

  test("with the new release too early is announced with 71 from its next start on; told to skip the height, it passes that with the old one, and is told to have crashed after SIGSEGV", async () => {
    await using network = await chain.planned.copy();
    const { height } = chain.plan;
    const flags = ["--unsafe-skip-upgrades", `${height}`];
    const [validator, others] = split(network);
    installReleases(validator, chain.plan);
    const [genesis] = placesOf(validator, chain.plan);
    await Promise.all(others.map((other) => other.start({ ...OLD, flags })));
    try {
      installRelease(validator, genesis, chain.plan.name);
      expect([undefined, 71]).toContain(await codeOfFailed(validator));
      expect(await codeOf(validator)).toBe(71);
      expectProven("too new, cosmovisor", program, "71");

      installRelease(validator, genesis);
      await validator.start(announcedCosmovisor(validator, chain.plan, flags));
      await validator.passes(height + 1);
      await validator.catchesUp();
      expect(validator.upgradeInfo()).toBeUndefined();
      expectProven("skipped height, cosmovisor", program, "passes");

      process.kill(nodeOf(validator.home), "SIGSEGV");
      await ends(validator);
      expect(validator.started.end, validator.node.output()).toMatchObject({ code: 1 });
      expect(validator.node.output()).not.toContain("announced for the node");
      expectProven("SIGSEGV, cosmovisor", program, "1");
    } finally {
      await stopSupervised({ validators: [validator] });
    }
  });
});
