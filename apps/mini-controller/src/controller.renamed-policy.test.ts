import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { ANNOTATION_ACKNOWLEDGED } from "./api/group.ts";
import { HALT_POLICIES, NODE_HALTS, objectPath } from "./kube/paths.ts";
import { type Behaviour, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** The image that is listed halts again. */
const failing: Behaviour = (tag, height) => {
  if (tag.endsWith("v6.7")) return 72;
  return height >= 30 ? 70 : undefined;
};

async function oneFailed() {
  const cluster = new FakeCluster(failing);
  await cluster.addPolicy({ maxConcurrent: 1 });
  for (const node of ["sei-0", "sei-1"]) await cluster.addNode(node);
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  const held = () => cluster.halts().find(({ status }) => status?.reason === "ErrorBudgetSpent");
  const failed = await until("a swap to fail, and the other node to be held for it", () =>
    held() ? cluster.halts().find(({ status }) => status?.phase === "Failed") : undefined,
  );
  const other = () => cluster.halts().find(({ spec }) => spec.podName !== failed.spec.podName);
  return { cluster, failed: failed.metadata.name, other };
}

test.each(["made first", "made last"])(
  "the error budget is spent under a policy's new name, too, the new one %s, until somebody acknowledges the failure",
  async (order) => {
    const { cluster, failed, other } = await oneFailed();
    const drop = () => cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
    if (order === "made last") drop();
    await cluster.addPolicy({ maxConcurrent: 1 }, "validators");
    if (order === "made first") drop();
    await until("the other node to be under it", () => other()?.status?.policyName === "validators");
    expect(other()?.status).toMatchObject({ phase: "Held" });
    await until("it to be held", () => other()?.status?.reason === "ErrorBudgetSpent");
    expect(cluster.imagesSet).toHaveLength(1);

    await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, failed), {
      metadata: { annotations: { [ANNOTATION_ACKNOWLEDGED]: "true" } },
    });
    await until("the other swap", () => cluster.imagesSet.length === 2);
    expect(cluster.imagesSet[1]).toContain(image("v6.7"));
  },
);
