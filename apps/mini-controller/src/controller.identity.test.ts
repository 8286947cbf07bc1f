import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { FakeCluster, image, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test.each([false, true])(
  "a node that signs as another one that runs is swapped once that is gone (its pod Failed: %s)",
  async (failedPods) => {
    const cluster = new FakeCluster((tag, height) =>
      tag.endsWith("v6.5") ? undefined : onePlan(tag, height),
    );
    cluster.failedPods = failedPods;
    cluster.podsMade = 8;
    cluster.validatorOf = () => "9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C";
    await cluster.addPolicy();
    await cluster.addNode("sei-0");
    await cluster.addNode("twin", "v6.5");
    const controller = await new TestController(cluster).start();
    undo.push(() => controller.stop());
    await until("both to have told who they are", () => cluster.statusReads.size === 2);

    cluster.reach(30);

    const halt = await until("the swap to be refused", () =>
      cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
    );
    expect(halt.status?.message).toContain("sei/twin-0 (same validator address 9A16");
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
    cluster.api.drop("/apis/apps/v1/namespaces/sei/statefulsets/twin");
    cluster.api.drop("/api/v1/namespaces/sei/pods/twin-0");
    await until("the swap", () => cluster.imagesSet.length === 1, { within: 10_000 });
    expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  },
);
