import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../chains/governance.ts";
import { planChain } from "../chains/halting-chain.ts";
import type { Network } from "../chains/network.ts";
import type { SignedLast, Validator } from "../chains/validator.ts";
import { type Api, connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startController } from "../harness/controller.ts";
import { installController } from "../harness/install.ts";
import { allowLogs } from "../harness/log-rights.ts";
import { containerOf, haltOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { deploy } from "../harness/operator.ts";
import { startScheduler } from "../harness/scheduler.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { CHAIN_NODES, NEW_RELEASE, OLD_RELEASE } from "./chain-images.ts";
import { allPass, faultsAt } from "./chain-observed.ts";
import { createPod, createPolicies } from "./chain-pods.ts";
import { startRealNode, whyNoKubelet } from "./node.ts";

const NODE = "real-node";
const STANDSTILL_MS = 5_000;
const WAYS = ["announced", "announced", "inferred", "inferred"] as const;
const reason = whyNoKubelet();

describe.skipIf(reason !== undefined)(
  `a real chain in pods of a real kubelet${reason ? ` (${reason})` : ""}`,
  () => {
    const cleanup = new Cleanup();
    let api: Api;
    let simd: { readonly network: Network; readonly plan: Plan };
    /** The same chain once more, at the same block. */
    let copy: Network;

    beforeAll(async () => {
      const booted = boot();
      simd = await planChain("simd");
      cleanup.add(() => simd.network[Symbol.asyncDispose]());
      copy = await simd.network.copy();
      cleanup.add(() => copy[Symbol.asyncDispose]());
      api = connect(await booted);
    }, 240_000);

    afterAll(() => cleanup.run());

    /** A cluster with one node that has the images of the chain; its kubeconfig. */
    async function boot(): Promise<string> {
      const { kubeconfig } = await startServers(cleanup);
      await startRealNode(kubeconfig, NODE, cleanup, { images: CHAIN_NODES });
      const scheduler = startScheduler(kubeconfig, { node: NODE, schedulerName: "default-scheduler" });
      cleanup.add(() => scheduler.stop());
      await installController(connect(kubeconfig), cleanup, "control-plane");
      return kubeconfig;
    }

    /** A namespace with a controller that may read logs. */
    async function openControlled(): Promise<Testbed> {
      const testbed = await openTestbed(api);
      cleanup.add(() => testbed.cleanup.run());
      await allowLogs(testbed);
      await startController(testbed);
      return testbed;
    }

    test.concurrent("four validators, two as they are and two under exec --announce, are swapped and pass the height", async () => {
      const testbed = await openControlled();
      const { validators } = simd.network;
      const { height, name } = simd.plan;
      const before = signedBy(validators);
      await createPolicies(testbed, simd.plan, NEW_RELEASE, {
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
        expect(await imageInPod(testbed, validator.name)).toBe(NEW_RELEASE);
      }
      await allPass(testbed, validators, height + 2);
      expect(await faultsAt(simd.network, height + 1, before)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }, 300_000);

    test.concurrent("told to skip the height, four validators pass it untouched, and go on with the new release", async () => {
      const testbed = await openControlled();
      const { validators } = copy;
      const { height } = simd.plan;
      const before = signedBy(validators);
      await createPolicies(testbed, simd.plan, NEW_RELEASE, { all: { inferredHalts: "Act" } });
      const flags = ["--unsafe-skip-upgrades", `${height}`];
      for (const [i, validator] of validators.entries())
        await createPod(testbed, validator, { ...OF_SIMD, way: WAYS[i] ?? "inferred", policy: "all", flags });

      await allPass(testbed, validators, height + 2);
      for (const { name } of validators) {
        expect(await imageInPod(testbed, name)).toBe(OLD_RELEASE);
        expect((await containerOf(testbed, name)).restartCount).toBe(0);
      }
      await Promise.all(validators.map(({ name }) => deploy(testbed, name, NEW_RELEASE)));
      await untilImages(testbed, validators, NEW_RELEASE);
      await allPass(testbed, validators, height + 6);
      expect(await haltsIn(testbed)).toEqual([]);
      expect(await faultsAt(copy, height + 5, before)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
      await testbed.cleanup.run();
    }, 240_000);
  },
);

const OF_SIMD = { image: OLD_RELEASE, standstillMs: STANDSTILL_MS } as const;

function signedBy(validators: readonly Validator[]): readonly SignedLast[] {
  return validators.map((validator) => validator.signedLast());
}

/** Waits until each validator's pod runs an image. */
async function untilImages(testbed: Testbed, validators: readonly Validator[], image: string): Promise<void> {
  for (const { name } of validators)
    await until(
      `${name} to run ${image}`,
      async () => {
        const running = (await containerOf(testbed, name).catch(() => undefined))?.state?.running;
        return running !== undefined && (await imageInPod(testbed, name)) === image;
      },
      { within: 90_000 },
    );
}
