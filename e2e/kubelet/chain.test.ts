import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../chains/governance.ts";
import { planChain } from "../chains/halting-chain.ts";
import type { Network } from "../chains/network.ts";
import { blockAt, evidenceUpTo, signedBackwards } from "../chains/signatures.ts";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { startController } from "../harness/controller.ts";
import { installController } from "../harness/install.ts";
import { allowLogs } from "../harness/log-rights.ts";
import { describe as describeTestbed, haltOf, imageInPod } from "../harness/observe.ts";
import { startScheduler } from "../harness/scheduler.ts";
import { startServers } from "../harness/targets/control-plane.ts";
import { openTestbed, type Testbed } from "../harness/testbed.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { CHAIN_NODES, NEW_RELEASE } from "./chain-images.ts";
import { createPod, createPolicies, type Way } from "./chain-pods.ts";
import { startRealNode, whyNoKubelet } from "./node.ts";

const NODE = "real-node";
const STANDSTILL_MS = 5_000;
const WAYS: readonly Way[] = ["announced", "announced", "inferred", "inferred"];

const reason = whyNoKubelet();

describe.skipIf(reason !== undefined)(
  `a real chain in pods of a real kubelet${reason ? ` (${reason})` : ""}`,
  () => {
    const cleanup = new Cleanup();
    let testbed: Testbed;
    let network: Network;
    let plan: Plan;

    beforeAll(async () => {
      const booted = boot();
      ({ network, plan } = await planChain("simd"));
      cleanup.add(() => network[Symbol.asyncDispose]());
      testbed = await openTestbed(connect(await booted));
      cleanup.add(() => testbed.cleanup.run());
      await allowLogs(testbed);
      await startController(testbed);
    });

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

    test("four validators, two as they are and two under exec --announce, are swapped and pass the height", async () => {
      const { validators } = network;
      const { height, name } = plan;
      const before = validators.map((validator) => validator.signedLast());
      await createPolicies(testbed, plan);
      for (const [i, validator] of validators.entries())
        await createPod(testbed, validator, WAYS[i] ?? "inferred", STANDSTILL_MS);

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
      const pass = async () => {
        const heights = await Promise.all(validators.map((validator) => validator.height()));
        return heights.every((at) => (at ?? 0) > height + 2);
      };
      await until("every node to pass the height", pass, {
        within: 60_000,
        explain: () => describeTestbed(testbed),
      });
      const applied = await Promise.all(validators.map((validator) => blockAt(validator, height + 1)));
      expect(new Set(applied.map(({ block }) => block.header.app_hash)).size).toBe(1);
      expect(await evidenceUpTo(network.first, height + 2)).toEqual([]);
      expect(signedBackwards(before, network)).toEqual([]);
      expect(await brokenInvariants(testbed)).toEqual([]);
    }, 300_000);
  },
);
