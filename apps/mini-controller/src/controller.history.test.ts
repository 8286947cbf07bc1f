import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { ControllerError } from "./controller-error.ts";
import { HALT_POLICIES, NODE_RECORDS, objectPath } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController, type TestControllerOptions } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const changePolicy = (cluster: FakeCluster, spec: object) =>
  cluster.api.mergePatch(objectPath(HALT_POLICIES, NAMESPACE, "sei"), { spec });

/** A node that was swapped, and whose record no longer tells of the image that it left. */
async function swapped(options: TestControllerOptions = {}) {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster, options).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  await until("the swap", () => cluster.halts()[0]?.status?.phase === "Recovering");
  cluster.reach(31);
  await until("the recovery", () => cluster.halts()[0]?.status?.phase === "Recovered");
  return { cluster, controller };
}

/** Whether the controller has looked at the policy as it is now. */
async function untilSeen(cluster: FakeCluster): Promise<void> {
  await until("the policy to be looked at", () => {
    const { metadata, status } = cluster.policy();
    return status?.observedGeneration === metadata.generation;
  });
}

test("a journal beyond the limit is deleted once nothing rests on it, and nothing is done again", async () => {
  const { cluster } = await swapped();
  cluster.api.drop(objectPath(NODE_RECORDS, NAMESPACE, "sei-0-0"));
  await changePolicy(cluster, { successfulHaltsHistoryLimit: 0 });
  await until("the journal to be deleted", () => cluster.halts().length === 0);
  cluster.reach(40);
  await untilSeen(cluster);
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  expect(cluster.podsDeleted).toHaveLength(1);
});

test("the limit of a policy holds for what was recorded under another name of it", async () => {
  const { cluster } = await swapped();
  cluster.api.drop(objectPath(NODE_RECORDS, NAMESPACE, "sei-0-0"));
  cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
  await cluster.addPolicy({ successfulHaltsHistoryLimit: 0 }, "validators");
  await until("the journal to be deleted", () => cluster.halts().length === 0);
});

test("where the right to delete it is missing, it stays, and the policy's status goes on", async () => {
  let refused = 0;
  const { cluster } = await swapped({
    onCall: ({ verb, path }) => {
      if (verb !== "delete" || !path.includes("/nodehalts/")) return;
      refused += 1;
      throw new ControllerError("forbidden", "no such right");
    },
  });
  cluster.api.drop(objectPath(NODE_RECORDS, NAMESPACE, "sei-0-0"));
  await changePolicy(cluster, { successfulHaltsHistoryLimit: 0 });
  await until("a refusal", () => refused > 0);
  await changePolicy(cluster, { maxConcurrent: 2 });
  await untilSeen(cluster);
  expect(cluster.halts()).toHaveLength(1);
});
