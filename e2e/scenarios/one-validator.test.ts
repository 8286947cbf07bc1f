import type { V1Pod } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, mockNodeClaim, mockNodeDeployment, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createSet, haltOfPod, pod } from "../harness/fixtures/node-sets.ts";
import { letGoOn, letHalt } from "../harness/halting-node.ts";
import { describe, haltsIn, imageInSet, untilNear } from "../harness/observe.ts";
import { createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const [OLD, NEW] = [imageOf("v6.6"), imageOf("v6.7")];

async function open(testbed: Testbed, options: object = {}): Promise<void> {
  await setPlans(testbed, planAt("v6.7", 30));
  await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 30, image: NEW }], ...options });
  await startController(testbed);
}

/** Makes a pod that mounts the node's claim, on a machine that no kubelet serves. */
async function createTwin({ api, namespace }: Testbed): Promise<void> {
  const body: V1Pod = {
    metadata: { name: "twin" },
    spec: {
      nodeName: "phantom",
      terminationGracePeriodSeconds: 600,
      containers: [{ name: "seid", image: OLD, volumeMounts: [{ name: "data", mountPath: "/data" }] }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-sei-0-0" } }],
    },
  };
  await api.core.createNamespacedPod({ namespace, body });
}

scenario(
  "a pod with the same claim, terminating on a machine that does not answer, holds the swap until it is gone",
  ["ONE-VALIDATOR"],
  async (testbed) => {
    const { api, namespace } = testbed;
    await open(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6", holdAt: [30] });
    await createTwin(testbed);
    await api.core.deleteNamespacedPod({ namespace, name: "twin" });
    const before = await pod(testbed, "sei-0-0");
    await letHalt(testbed, "sei-0", 30);

    const { status } = await haltOfPod(testbed, "sei-0-0", "Recorded", "SameValidatorMayRun");

    expect(status?.message).toContain(
      `${namespace}/twin (same PersistentVolumeClaim ${namespace}/data-sei-0-0)`,
    );
    expect(await imageInSet(testbed, "sei-0")).toBe(OLD);
    expect(await pod(testbed, "sei-0-0")).toEqual(before);
    // The person who knows that the machine is off says so.
    await api.core.deleteNamespacedPod({ namespace, name: "twin", body: { gracePeriodSeconds: 0 } });
    await haltOfPod(testbed, "sei-0-0", "Recovered");
    expect((await pod(testbed, "sei-0-0")).image).toBe(NEW);
  },
);

scenario(
  "a pod that would be taken away at once is ended by its kubelet before the next one starts",
  ["ONE-VALIDATOR"],
  async (testbed) => {
    await open(testbed);
    await createSet(testbed, "sei-0", { version: "v6.6" }, ({ spec }) => {
      if (spec.template.spec) spec.template.spec.terminationGracePeriodSeconds = 0;
    });
    await haltOfPod(testbed, "sei-0-0", "Recovered");
    expect((await pod(testbed, "sei-0-0")).image).toBe(NEW);
  },
);

scenario(
  "a Deployment that surges, or has several replicas, is never changed",
  ["ONE-VALIDATOR"],
  async (testbed) => {
    const { api, namespace } = testbed;
    await open(testbed, { target: { kind: "Deployment" } });
    const made = (name: string, replicas: number, type: "RollingUpdate" | "Recreate") => {
      const { spec, ...deployment } = mockNodeDeployment(name, { version: "v6.6", holdAt: [30] });
      if (!spec) throw new Error("a mock node has a spec");
      return { ...deployment, spec: { ...spec, replicas, strategy: { type } } };
    };
    for (const body of [made("surging", 1, "RollingUpdate"), made("several", 2, "Recreate")]) {
      await api.core.createNamespacedPersistentVolumeClaim({
        namespace,
        body: mockNodeClaim(body.metadata?.name ?? ""),
      });
      await api.apps.createNamespacedDeployment({ namespace, body });
    }
    for (const name of ["surging", "several"]) {
      // Of several on one claim, one alone can run.
      await untilNear(testbed, name, 30);
      await letGoOn(testbed, name);
    }

    for (const [name, reason] of [
      ["surging", "StrategyNotRecreate"],
      ["several", "SeveralReplicas"],
    ] as const) {
      await until(
        `the halt of ${name} to be ${reason}`,
        async () =>
          (await haltsIn(testbed)).find(
            ({ spec, status }) =>
              spec.workload?.name === name && status?.phase === "Held" && status.reason === reason,
          ),
        { explain: () => describe(testbed) },
      );
      const { metadata, spec } = await api.apps.readNamespacedDeployment({ namespace, name });
      expect([metadata?.generation, spec?.template.spec?.containers[0]?.image]).toEqual([1, OLD]);
    }
    await until("a page about each", () => testbed.pager.countByKey().size >= 2);
  },
);
