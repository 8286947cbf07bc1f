import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PlannedChain, planChain } from "../chains/halting-chain.ts";
import type { Network } from "../chains/network.ts";
import { expectProven } from "../chains/proven.ts";
import { faultsAt, signedBackwards, signedBy } from "../chains/signatures.ts";
import type { Validator } from "../chains/validator.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { containerOf, haltOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { deploy } from "../harness/operator.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { type ChainCluster, startChainCluster } from "./chain-cluster.ts";
import { releasesOf } from "./chain-images.ts";
import { allPass, untilImages } from "./chain-observed.ts";
import { createPod, createPolicies } from "./chain-pods.ts";
import { crash, DOWNGRADED, expectLeftAlone, playEarlierData, playLate, TOO_NEW } from "./late-pods.ts";
import { whyNoKubelet } from "./node.ts";

const STANDSTILL_MS = 5_000;
const RELEASES = releasesOf("simd");
const WAYS = ["announced", "announced", "inferred", "inferred"] as const;
const reason = whyNoKubelet();

describe.skipIf(reason !== undefined)(
  `a real chain in pods of a real kubelet${reason ? ` (${reason})` : ""}`,
  () => {
    const cleanup = new Cleanup();
    let cluster: ChainCluster;
    let simd: PlannedChain;
    /** The same chain once more, at the same block. */
    let copy: Network;
    let sdk: PlannedChain;
    /** The same, of which no node is started. */
    let earlier: Network;

    beforeAll(async () => {
      const booted = startChainCluster(cleanup);
      [simd, sdk] = await Promise.all([planChain("simd"), planChain("sdk")]);
      cleanup.add(() => sdk.network[Symbol.asyncDispose]());
      cleanup.add(() => simd.network[Symbol.asyncDispose]());
      copy = await simd.network.copy();
      cleanup.add(() => copy[Symbol.asyncDispose]());
      earlier = await sdk.network.copy();
      cleanup.add(() => earlier[Symbol.asyncDispose]());
      cluster = await booted;
    }, 240_000);

    afterAll(() => cleanup.run());

    test.concurrent("four validators, two as they are and two under exec --announce, are swapped and pass the height", async () => {
      const testbed = await cluster.openControlled();
      const { validators } = simd.network;
      const { height, name } = simd.plan;
      const before = signedBy(simd.network);
      await createPolicies(testbed, simd.plan, RELEASES.new, {
        announced: { inferredHalts: "Page" },
        inferred: { inferredHalts: "Act" },
      });
      for (const [i, validator] of validators.entries()) {
        const way = WAYS[i] ?? "inferred";
        await createPod(testbed, validator, { ...OF_SIMD, way, policy: way });
      }

      for (const [i, validator] of validators.entries()) {
        const halt = await haltOf(testbed, validator.name, "Recovered", { within: 150_000 });
        expect(halt.spec).toMatchObject({ reason: "upgrade_required", planName: name, height });
        if (WAYS[i] === "announced") {
          expect(halt.spec.exitCode).toBe(70);
          expect(halt.spec.inferredFrom).toBeUndefined();
        } else {
          expect(halt.spec.inferredFrom).toContain("its height stands still");
        }
        expect(await imageInPod(testbed, validator.name)).toBe(RELEASES.new);
      }
      await allPass(testbed, validators, height + 2);
      expect(await faultsAt(simd.network, height + 1, before)).toEqual([]);
      expectProven("at the height, pod", "simd", "swapped");

      const halts = await haltsIn(testbed);
      const [, announced, crashed, inferred] = validators as FourValidators;
      await crash(cluster.node, testbed, crashed);
      await allPass(testbed, validators, height + 4);
      expectProven("SIGSEGV, pod", "simd", "started again");
      for (const one of [announced, inferred]) await deploy(testbed, one.name, RELEASES.old);
      await expectLeftAlone(testbed, RELEASES.old, { announced, inferred }, DOWNGRADED.simd);
      expectProven("downgrade, pod", "simd", "started again");
      expect((await haltsIn(testbed)).length).toBe(halts.length);
      expect(signedBackwards(before, simd.network)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }, 600_000);

    test.concurrent("told to skip the height, four validators pass it untouched, and go on with the new release", async () => {
      const testbed = await cluster.openControlled();
      const { validators } = copy;
      const { height } = simd.plan;
      const before = signedBy(copy);
      await createPolicies(testbed, simd.plan, RELEASES.new, { all: { inferredHalts: "Act" } });
      const flags = ["--unsafe-skip-upgrades", `${height}`];
      for (const [i, validator] of validators.entries())
        await createPod(testbed, validator, { ...OF_SIMD, way: WAYS[i] ?? "inferred", policy: "all", flags });

      await allPass(testbed, validators, height + 2);
      for (const { name } of validators) {
        expect(await imageInPod(testbed, name)).toBe(RELEASES.old);
        expect((await containerOf(testbed, name)).restartCount).toBe(0);
      }
      expectProven("skipped height, pod", "simd", "passes");
      await Promise.all(validators.map(({ name }) => deploy(testbed, name, RELEASES.new)));
      await untilImages(testbed, validators, RELEASES.new);
      await allPass(testbed, validators, height + 6);
      expect(await haltsIn(testbed)).toEqual([]);
      expect(await faultsAt(copy, height + 5, before)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }, 600_000);

    test.concurrent("two that have the new release too early are left alone, upgraded late after the other two, and left alone with the old one again", async () => {
      const testbed = await cluster.openControlled();
      const { validators } = sdk.network;
      const releases = releasesOf("sdk");
      const before = signedBy(sdk.network);
      const patient = { recoveryTimeoutSeconds: 600 } as const;
      await createPolicies(testbed, sdk.plan, releases.new, {
        act: { ...patient, inferredHalts: "Act" },
        page: { ...patient, inferredHalts: "Page", actions: { ...ACTIONS, upgradeRequired: "Page" } },
      });
      const pods = [
        { policy: "act", way: "announced", image: releases.old },
        { policy: "act", way: "inferred", image: releases.old },
        { policy: "page", way: "announced", image: releases.new },
        { policy: "page", way: "inferred", image: releases.new },
      ] as const;
      for (const [i, pod] of pods.entries()) {
        const validator = validators[i];
        if (validator) await createPod(testbed, validator, { standstillMs: STANDSTILL_MS, ...pod });
      }
      const [, , announced, inferred] = validators as FourValidators;
      const late = { announced, inferred };
      await expectLeftAlone(testbed, releases.new, late, TOO_NEW.sdk);
      expectProven("too new, pod", "sdk", "71, paged");
      for (const { name } of [announced, inferred]) await deploy(testbed, name, releases.old);
      await playLate(testbed, "sdk", sdk, late);
      expect(await faultsAt(sdk.network, sdk.plan.height + 1, before)).toEqual([]);
      expectProven("at the height, pod", "sdk", "swapped");
      expectProven("started again at it, pod", "sdk", "70, paged");
      expectProven("two late, pod", "sdk", "all pass");
      await playEarlierData(testbed, "sdk", sdk, announced, earlier.validators[2] ?? announced);
      expectProven("earlier data, pod", "sdk", "70, paged");
      for (const { name } of [announced, inferred]) await deploy(testbed, name, releases.old);
      await expectLeftAlone(testbed, releases.old, late, DOWNGRADED.sdk);
      expectProven("downgrade, pod", "sdk", "72, paged");
      expect(signedBackwards(before, sdk.network)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }, 600_000);
  },
);

type FourValidators = [Validator, Validator, Validator, Validator];
const ACTIONS = {
  binaryTooNew: "RollBack",
  downgradeDetected: "Page",
  unrecognised: "Hold",
} as const;
const OF_SIMD = { image: RELEASES.old, standstillMs: STANDSTILL_MS } as const;
