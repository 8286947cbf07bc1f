import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { playNode } from "../harness/fixtures/played-node.ts";
import { conditionOf, haltOf, haltsIn, imageInPod, imageInSet, setOf } from "../harness/observe.ts";
import { changePolicy, createPolicy } from "../harness/operator.ts";
import { tableOf } from "../harness/shown-table.ts";
import type { Testbed } from "../harness/testbed.ts";
import { type ClusterOf, startClusterOf } from "./cluster-of.ts";
import { FUTURE, GENERATIONS, type Generation, PAST, TREE } from "./generations.ts";
import { PAGE } from "./page.ts";
import { LATER } from "./producer.ts";
import { haltUnwatched, legOf, listImage, startControllerOf } from "./relay.ts";

describe("on a cluster with the objects of a later release", () => {
  let cluster: ClusterOf;
  beforeAll(async () => {
    cluster = await startClusterOf(FUTURE);
  });
  afterAll(() => cluster?.stop());

  test("a policy with a field that this controller does not know is not acted on, and paged, until the field is gone", () =>
    cluster.inTestbed(async (testbed) => {
      await haltUnwatched(testbed, TREE);
      await listImage(testbed);
      await changePolicy(testbed, { window: "02:00-04:00" } as object);
      await startControllerOf(TREE, testbed);

      const { status } = await haltOf(testbed, "sei-0", "Held");
      expect(status?.message).toContain("spec.window");
      await until("the page", () => testbed.pager.pages().length === 1);
      expect(testbed.pager.pages()[0]?.body.reason).toBe("PolicyNewer");
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
      await until(
        "the policy to say so",
        async () => (await conditionOf(testbed, "Ready"))?.reason === "PolicyNewer",
      );

      await changePolicy(testbed, { window: null } as object);
      await haltOf(testbed, "sei-0", "Recovered");
      expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    }));

  test("a journal in a phase that this controller does not know is paged, and left alone", () =>
    cluster.inTestbed(async (testbed) => {
      await haltUnwatched(testbed, TREE);
      await listImage(testbed);
      await legOf(testbed, TREE, "after:journal-Swapping");
      await setPhase(testbed, "Draining");
      const controller = await startControllerOf(TREE, testbed);

      await until("the page", () => testbed.pager.pages().length === 1, {
        explain: () => controller.output(),
      });
      expect(testbed.pager.pages()[0]?.body.reason).toBe("PhaseUnknown");
      const [halt] = await haltsIn(testbed);
      expect(halt?.status).toMatchObject({ phase: "Draining", reason: "PhaseUnknown" });
      expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
      await controller.stop();
    }));

  test.each(
    LATER.flatMap((code) => GENERATIONS.map((generation) => ({ code, generation, name: generation.name }))),
  )("a halt with $code is held and paged by the controller of $name", ({ code, generation }) =>
    cluster.inTestbed(async (testbed) => {
      await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }] });
      const node = await playNode(testbed, "sei-0", 9);
      await startControllerOf(generation, testbed);
      node.say({
        height: 10,
        intent: { reason: code, plan_name: "v6.7", height: 10, urgency: { level: 3 } },
      });
      await node.end(code, 'UPGRADE "v6.7" NEEDED at height: 10: \n');

      const { spec } = await haltOf(testbed, "sei-0", ["Held", "Paged"]);
      expect(spec.reason).toBe(
        generation === FUTURE ? { 73: "snapshot_required", 80: "halt_height" }[code] : "unrecognised",
      );
      await until("the page", () => testbed.pager.pages().length === 1);
      expect((await setOf(testbed, "sei-0")).metadata?.generation, "nothing was changed").toBe(1);
    }),
  );
});

/** Brings the one journal of a testbed to a phase, as its controller would. */
async function setPhase({ api, namespace }: Testbed, phase: string): Promise<void> {
  const { items } = await api.custom.listNamespacedCustomObject({
    group: "upgrade-halt.dev",
    version: "v1alpha1",
    namespace,
    plural: "nodehalts",
  });
  const name = items[0].metadata.name;
  await api.custom.patchNamespacedCustomObjectStatus(
    {
      group: "upgrade-halt.dev",
      version: "v1alpha1",
      namespace,
      plural: "nodehalts",
      name,
      body: { status: { phase } },
      fieldManager: "mini-controller",
    },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
}

/** What this tree's controller does on the CRDs and rights of a release before it. */
const onOlder = new Map<Generation, string>();

describe.each(PAST.map((generation) => ({ generation, name: generation.name })))(
  "on the CRDs and rights of $name",
  ({ generation }) => {
    let cluster: ClusterOf;
    beforeAll(async () => {
      cluster = await startClusterOf(generation);
    });
    afterAll(() => cluster?.stop());

    test("this tree's controller swaps a node, or ends with a sentence that says what to apply", () =>
      cluster.inTestbed(async (testbed) => {
        if (!generation.keepsRecords) {
          const controller = await startControllerOf(TREE, testbed);
          expect(await controller.ended).toEqual({ code: 1, signal: null });
          expect(controller.output()).toMatch(
            /noderecords\.upgrade-halt\.dev: apply .* of this release first/,
          );
          onOlder.set(generation, "does not start, and says what to apply");
          return;
        }
        await haltUnwatched(testbed, TREE);
        await listImage(testbed);
        const controller = await startControllerOf(TREE, testbed);
        await haltOf(testbed, "sei-0", "Recovered");
        await controller.stop();
        onOlder.set(generation, "swaps");
      }));
  },
);

afterAll(() => {
  // A run of some tests alone has not all of the table.
  if (onOlder.size < PAST.length) return;
  const rows = PAST.map((generation) => [`**${generation.name}**`, onOlder.get(generation) ?? ""]);
  PAGE.expectShown("older-crds", tableOf([["CRDs and rights of", "this tree's controller"], ...rows]));
});
