import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  announcedCosmovisor,
  announcedInside,
  announceInside,
  codeOf,
  codeOfFailed,
  pagedInside,
  passesWhenRestarted,
  stopWithNode,
} from "./cosmovisor.ts";
import { ends, HaltingChain, NEW, OLD } from "./halting-chain.ts";
import { installRelease, installReleases, placesOf } from "./installed-releases.ts";
import type { Network } from "./network.ts";
import { CHAINS, type Chain } from "./programs.ts";
import { expectProven } from "./proven.ts";
import { faultsAt, signedBy } from "./signatures.ts";
import { stopSupervised, underCosmovisor } from "./supervisors.ts";
import { nodeOf, type Validator } from "./validator.ts";

/** What a node without the handler of the last plan is told to be: the older one says no halt line, and cosmovisor ends with 1. */
const DOWNGRADED: Readonly<Record<Chain, number>> = { simd: 1, sdk: 72 };

/** One that is announced around cosmovisor, one inside it, and the others. */
const split = ({ validators }: Network): readonly [Validator, Validator, readonly Validator[]] => {
  const [around, inside, ...others] = validators.toReversed() as [Validator, Validator, ...Validator[]];
  return [around, inside, others];
};

describe.each(Object.keys(CHAINS) as Chain[])("a real node of %s under cosmovisor", (program) => {
  let chain: HaltingChain;

  beforeAll(async () => {
    chain = await HaltingChain.create(program);
  });

  afterAll(() => chain?.[Symbol.asyncDispose]());

  const passes = (validator: Validator, around: boolean) =>
    passesWhenRestarted(
      validator,
      around ? announcedCosmovisor(validator, chain.plan) : underCosmovisor(validator),
      // Where cosmovisor misses the file of a node that ended, the halt is announced around it.
      { height: chain.plan.height, missed: [around ? 70 : 1] },
    );

  test("that backs its data up is upgraded, where the new binary came late once it is started again, and nothing is signed twice", async () => {
    await using network = await chain.planned.copy();
    const { validators } = network;
    const before = signedBy(network);
    const [around, inside, early] = split(network);
    const [earlyInside] = early as [Validator];
    for (const validator of validators) installReleases(validator, chain.plan);
    for (const late of [around, inside]) rmSync(placesOf(late, chain.plan)[1]);
    for (const validator of [around, inside, earlyInside]) announceInside(validator, chain.plan);
    const start = (validator: Validator) =>
      validator.start((validator === around ? announcedCosmovisor : underCosmovisor)(validator, chain.plan));
    try {
      await Promise.all(validators.map(start));
      await Promise.all([around, inside].map(ends));
      expect(around.started.end, around.node.output()).toMatchObject({ code: 70 });
      expect(inside.started.end, inside.node.output()).toMatchObject({ code: 1 });
      for (const late of [around, inside]) {
        installReleases(late, chain.plan);
        announceInside(late, chain.plan);
      }
      await Promise.all([passes(around, true), passes(inside, false)]);
      await Promise.all(early.map((validator) => validator.passes(chain.plan.height + 2)));
      expect(await faultsAt(network, chain.plan.height + 1, before)).toEqual([]);
      expect([inside, earlyInside].flatMap(pagedInside)).toEqual([]);
      expectProven("at the height, cosmovisor", program, "upgraded");
      expectProven("at the height, inside cosmovisor", program, "upgraded");
      expectProven("two late, cosmovisor", program, "all pass");
      expectProven("two late, inside cosmovisor", program, "all pass");
    } finally {
      await stopSupervised(network);
    }
  });

  test("that was started at the height, or with data of before it, is upgraded, or held at 70 until it is started again; one that was downgraded is announced", async () => {
    await using network = await chain.halted.copy();
    const before = signedBy(network);
    const [around, inside, others] = split(network);
    const [genesis, upgraded] = installReleases(around, chain.plan);
    const [genesisInside] = installReleases(inside, chain.plan);
    announceInside(inside, chain.plan);
    await Promise.all(others.map((other) => other.start(NEW)));
    const bothPass = () => Promise.all([passes(around, true), passes(inside, false)]);
    try {
      await bothPass();
      expectProven("started again at it, cosmovisor", program, "upgraded, or 70");
      expectProven("started again at it, inside cosmovisor", program, "upgraded, or 1");
      await around.catchesUp();
      await around.stop();

      installRelease(around, upgraded);
      const code = DOWNGRADED[program];
      expect([undefined, code]).toContain(
        await codeOfFailed(around, announcedCosmovisor(around, chain.plan)),
      );
      expect(await codeOf(around, announcedCosmovisor(around, chain.plan))).toBe(code);
      expectProven("downgrade, cosmovisor", program, `${code}`);
      expect(await codeOf(around, announcedInside(around, chain.plan)), around.node.output()).toBe(1);
      expect(pagedInside(around)).toEqual(code === 72 ? ["downgrade_detected"] : []);
      expectProven("downgrade, inside cosmovisor", program, code === 72 ? "72 told, then 1" : "1");

      await stopWithNode(inside);
      installReleases(around, chain.plan);
      const [aroundBefore, insideBefore] = split(chain.planned);
      rmSync(join(genesis, "../../../current"));
      rmSync(join(genesisInside, "../../../current"));
      around.restoreFrom(aroundBefore);
      inside.restoreFrom(insideBefore);
      await bothPass();
      expectProven("earlier data, cosmovisor", program, "upgraded, or 70");
      expectProven("earlier data, inside cosmovisor", program, "upgraded, or 1");
      expect(await faultsAt(network, chain.plan.height + 1, before)).toEqual([]);
    } finally {
      await stopSupervised({ validators: [around, inside] });
    }
  });

  test("with the new release too early is announced with 71 from its next start on; told to skip the height, it passes that with the old one, and is told to have crashed after SIGSEGV, and nothing is signed twice", async () => {
    await using network = await chain.planned.copy();
    const before = signedBy(network);
    const { height } = chain.plan;
    const flags = ["--unsafe-skip-upgrades", `${height}`];
    const [around, inside, others] = split(network);
    for (const validator of [around, inside]) installReleases(validator, chain.plan);
    const [genesis] = placesOf(around, chain.plan);
    await Promise.all([
      ...others.map((other) => other.start({ ...OLD, flags })),
      inside.start(announcedInside(inside, chain.plan, flags)),
    ]);
    try {
      installRelease(around, genesis, chain.plan.name);
      expect([undefined, 71]).toContain(await codeOfFailed(around, announcedCosmovisor(around, chain.plan)));
      expect(await codeOf(around, announcedCosmovisor(around, chain.plan))).toBe(71);
      expectProven("too new, cosmovisor", program, "71");
      expect(await codeOf(around, announcedInside(around, chain.plan)), around.node.output()).toBe(1);
      expect(pagedInside(around)).toEqual(["binary_too_new"]);
      expectProven("too new, inside cosmovisor", program, "71 told, then 1");

      installRelease(around, genesis);
      await around.start(announcedCosmovisor(around, chain.plan, flags));
      await Promise.all(network.validators.map((validator) => validator.passes(height + 1)));
      await around.catchesUp();
      expect(await faultsAt(network, height + 1, before)).toEqual([]);
      for (const validator of [around, inside]) expect(validator.upgradeInfo()).toBeUndefined();
      expectProven("skipped height, cosmovisor", program, "passes");
      expectProven("skipped height, inside cosmovisor", program, "passes");

      for (const validator of [around, inside]) process.kill(nodeOf(validator.home), "SIGSEGV");
      await Promise.all([around, inside].map(ends));
      for (const { started } of [around, inside]) {
        expect(started.end, started.program.output()).toMatchObject({ code: 1 });
        expect(started.program.output()).not.toContain("announced for the node");
      }
      expectProven("SIGSEGV, cosmovisor", program, "1");
      expectProven("SIGSEGV, inside cosmovisor", program, "1");
    } finally {
      await stopSupervised({ validators: [around, inside] });
    }
  });
});
