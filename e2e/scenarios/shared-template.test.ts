import type { V1Pod, V1PodSpec, V1StatefulSet } from "@kubernetes/client-node";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { CONTAINER, imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createSet, haltOfPod, pod, scale } from "../harness/fixtures/node-sets.ts";
import { letGoOn, letHalt, untilSeenNear } from "../harness/halting-node.ts";
import { startHistory } from "../harness/history.ts";
import { haltsIn, imageInSet, setOf } from "../harness/observe.ts";
import { abort, changePolicy, createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const [OLD, NEW] = [imageOf("v6.6"), imageOf("v6.7")];
const HEIGHT = 60;
const upgrades = [{ planName: "v6.7", height: HEIGHT, image: NEW }];
const rolling = { version: "v6.6", updateStrategy: "RollingUpdate" } as const;

async function open(
  testbed: Testbed,
  roll: "WholeSet" | "OnePartition",
  more: { readonly paused?: boolean } = {},
): Promise<void> {
  await setPlans(testbed, planAt("v6.7", HEIGHT));
  await createPolicy(testbed, { upgrades, roll, ...more });
  await startController(testbed);
}

function imageIn(spec: V1PodSpec | undefined): string | undefined {
  return spec?.containers.find(({ name }) => name === CONTAINER)?.image;
}

function hasHalted({ status }: V1Pod): boolean {
  const node = status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  return node?.state?.terminated?.exitCode === 70;
}

/** The image and the partition of the set. */
async function rolled(testbed: Testbed): Promise<readonly [string | undefined, number | undefined]> {
  const { spec } = await setOf(testbed, "sei");
  return [await imageInSet(testbed, "sei"), spec?.updateStrategy?.rollingUpdate?.partition];
}

describe.concurrent("a template of several pods", () => {
  for (const updateStrategy of ["OnDelete", "RollingUpdate"] as const)
    scenario(
      `a sibling that has not halted keeps its pod and its image, drained or not, until it has: ${updateStrategy}`,
      ["SHARED-TEMPLATE"],
      async (testbed) => {
        const { api, namespace } = testbed;
        const pods = await startHistory<V1Pod>(api, `/api/v1/namespaces/${namespace}/pods`);
        const sets = await startHistory<V1StatefulSet>(
          api,
          `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
        );
        await open(testbed, "WholeSet");
        await createNode(testbed, "sei", { version: "v6.6", updateStrategy, holdAt: [HEIGHT] });
        await pod(testbed, "sei-0");
        await scale(testbed, "sei", 2);
        const sibling = await pod(testbed, "sei-1");
        await letHalt(testbed, "sei-0", HEIGHT);

        const waiting = await haltOfPod(testbed, "sei-0", "Recorded", "SiblingsNotHalted");

        expect(waiting.status?.message).toContain("sei-1");
        expect(await imageInSet(testbed, "sei")).toBe(OLD);
        expect(await pod(testbed, "sei-1")).toEqual(sibling);
        await api.core.deleteNamespacedPod({ namespace, name: "sei-1" });
        expect((await pod(testbed, "sei-1")).image).toBe(OLD);
        await letHalt(testbed, "sei-1", HEIGHT);

        for (const name of ["sei-0", "sei-1"]) await haltOfPod(testbed, name, "Recovered");
        const changed = (await sets.replay()).find(
          ({ object }) => imageIn(object.spec?.template.spec) === NEW,
        );
        const ends = (await pods.replay()).filter(({ object }) => hasHalted(object));
        for (const name of ["sei-0", "sei-1"]) {
          const end = ends.find(({ object }) => object.metadata?.name === name);
          expect(end?.version, `${name} had halted`).toBeLessThan(changed?.version ?? 0);
        }
        expect((await setOf(testbed, "sei")).metadata?.generation, "scaled once, changed once").toBe(3);
        for (const name of ["sei-0", "sei-1"]) expect((await pod(testbed, name)).image).toBe(NEW);
      },
    );

  scenario(
    "the last ordinal is swapped alone, and the one below keeps its image",
    ["ONE-PARTITION"],
    async (testbed) => {
      const { api, namespace } = testbed;
      await open(testbed, "OnePartition");
      await createSet(testbed, "sei", { ...rolling, holdAt: [HEIGHT] }, ({ spec }) => {
        spec.ordinals = { start: 1 };
      });
      await pod(testbed, "sei-1");
      await scale(testbed, "sei", 2, 0);
      const below = await pod(testbed, "sei-0");
      await letHalt(testbed, "sei-1", HEIGHT);

      await haltOfPod(testbed, "sei-1", "Recovered");

      expect((await pod(testbed, "sei-1")).image).toBe(NEW);
      expect(await pod(testbed, "sei-0"), "not restarted").toEqual(below);
      expect(await rolled(testbed)).toEqual([NEW, 1]);
      await api.core.deleteNamespacedPod({ namespace, name: "sei-0" });
      expect((await pod(testbed, "sei-0")).image, "drained before its halt").toBe(OLD);
      await letHalt(testbed, "sei-0", HEIGHT);

      const { spec, status } = await haltOfPod(testbed, "sei-0", "Recovered");
      expect(spec).toMatchObject({ planName: "v6.7", height: HEIGHT, image: OLD });
      expect(status?.recoveredHeight).toBeGreaterThan(HEIGHT);
      expect((await pod(testbed, "sei-0")).image).toBe(NEW);
      expect(await rolled(testbed)).toEqual([NEW, 0]);
    },
  );

  for (const roll of ["WholeSet", "OnePartition"] as const)
    scenario(
      `pods that are made in order are swapped from the lowest on, whichever halts last: ${roll}`,
      ["SHARED-TEMPLATE"],
      async (testbed) => {
        await open(testbed, roll);
        await createSet(testbed, "sei", { ...rolling, holdAt: [HEIGHT] }, ({ spec }) => {
          spec.podManagementPolicy = "OrderedReady";
          spec.replicas = 2;
        });
        for (const name of ["sei-0", "sei-1"]) await pod(testbed, name);
        await letHalt(testbed, "sei-0", HEIGHT);
        await haltOfPod(testbed, "sei-0", "Recorded", "SiblingsNotHalted");
        await letHalt(testbed, "sei-1", HEIGHT);

        const [first, second] = await Promise.all(
          ["sei-0", "sei-1"].map((name) => haltOfPod(testbed, name, "Recovered")),
        );

        const began = (halt: NodeHalt | undefined) =>
          Date.parse(halt?.status?.steps?.find(({ phase }) => phase === "Swapping")?.at ?? "");
        expect(began(first)).toBeLessThan(began(second));
        for (const name of ["sei-0", "sei-1"]) expect((await pod(testbed, name)).image).toBe(NEW);
        expect(await rolled(testbed), "what was not written is by now").toEqual([NEW, 0]);
      },
    );

  scenario(
    "a pod that is swapped before one below it halts is made anew once that one is swapped, too",
    ["ONE-PARTITION"],
    async (testbed) => {
      await open(testbed, "OnePartition");
      await createSet(testbed, "sei", { ...rolling, holdAt: [HEIGHT] }, ({ spec }) => {
        spec.podManagementPolicy = "OrderedReady";
        spec.replicas = 2;
      });
      for (const name of ["sei-0", "sei-1"]) await pod(testbed, name);
      await untilSeenNear(testbed, "sei-0", HEIGHT);
      await letHalt(testbed, "sei-1", HEIGHT);
      await until("the swap of sei-1", async () =>
        (await haltsIn(testbed)).some(({ spec, status }) => spec.podName === "sei-1" && status?.toImage),
      );
      await letGoOn(testbed, "sei-0");

      for (const name of ["sei-0", "sei-1"]) await haltOfPod(testbed, name, "Recovered");
      for (const name of ["sei-0", "sei-1"]) expect((await pod(testbed, name)).image).toBe(NEW);
    },
  );

  scenario(
    "a person who aborts the halt of one pod keeps the template as it is, until that is taken back",
    ["ABORTED", "SHARED-TEMPLATE"],
    async (testbed) => {
      await open(testbed, "WholeSet", { paused: true });
      await createSet(testbed, "sei", { version: "v6.6", holdAt: [HEIGHT] }, ({ spec }) => {
        spec.replicas = 2;
      });
      const before = await Promise.all(["sei-0", "sei-1"].map((name) => pod(testbed, name)));
      await letHalt(testbed, "sei", HEIGHT);
      await haltOfPod(testbed, "sei-0", "Held", "Paused");
      const { metadata } = await haltOfPod(testbed, "sei-1", "Held", "Paused");

      await abort(testbed, metadata.name, true);
      await changePolicy(testbed, { paused: false });

      const waiting = await haltOfPod(testbed, "sei-0", "Recorded");
      expect(waiting.status?.message).toContain("sei-1");
      expect(await imageInSet(testbed, "sei")).toBe(OLD);
      expect(await Promise.all(["sei-0", "sei-1"].map((name) => pod(testbed, name)))).toEqual(before);

      await abort(testbed, metadata.name, false);
      for (const name of ["sei-0", "sei-1"]) await haltOfPod(testbed, name, "Recovered");
      for (const name of ["sei-0", "sei-1"]) expect((await pod(testbed, name)).image).toBe(NEW);
    },
  );

  for (const paused of [false, true])
    scenario(
      `a partition that excludes the halted pod is told of, and no pod is deleted${paused ? ", paused in between" : ""}`,
      ["PARTITION-EXCLUDES"],
      async (testbed) => {
        await setPlans(testbed, planAt("v6.7", 10));
        await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 10, image: NEW }], paused });
        await startController(testbed);
        await createSet(testbed, "sei", { ...rolling, holdAt: [10] }, ({ spec }) => {
          spec.updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
        });
        const before = await pod(testbed, "sei-0");
        await letHalt(testbed, "sei-0", 10);

        const { status } = await haltOfPod(testbed, "sei-0", "Held", "PartitionExcludes");

        expect(status?.message).toContain("partition 1");
        expect(await pod(testbed, "sei-0")).toEqual(before);
        expect(await imageInSet(testbed, "sei")).toBe(OLD);
        await testbed.api.apps.patchNamespacedStatefulSet({
          namespace: testbed.namespace,
          name: "sei",
          body: [{ op: "replace", path: "/spec/updateStrategy/rollingUpdate/partition", value: 0 }],
        });
        if (!paused) await haltOfPod(testbed, "sei-0", "Recovered");
        else await haltOfPod(testbed, "sei-0", "Held", "Paused");
      },
    );
});
