import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, HALT_POLICIES, objectPath, PODS } from "../kube/paths.ts";
import { FakeCluster, image, NAMESPACE } from "../testing/fake-cluster.ts";
import type { Call } from "../testing/guarded-api.ts";
import { TestController } from "../testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A node that halts; `change` happens with the n-th write of its journal, before any watch can tell of it. */
async function haltAndChange(write: number, change: (cluster: FakeCluster) => unknown): Promise<FakeCluster> {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  let writes = 0;
  const onCall = ({ verb, path }: Call) => {
    if (verb !== "update" || !path.includes("/nodehalts/")) return;
    writes += 1;
    if (writes === write) void change(cluster);
  };
  const controller = await new TestController(cluster, { onCall }).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  await until("the journal to be written", () => writes >= write);
  return cluster;
}

const reasonOf = (cluster: FakeCluster) => cluster.halts()[0]?.status?.reason;

test("a policy that is paused as the swap is journaled is paused before the image is set", async () => {
  const cluster = await haltAndChange(1, (at) => at.changePolicy({ paused: true }));
  await until("the pause to be told", () => reasonOf(cluster) === "Paused");
  expect(cluster.imagesSet).toEqual([]);
  expect(cluster.podsDeleted).toEqual([]);
  await cluster.changePolicy({ paused: false });
  await until("the swap to go on", () => cluster.podsDeleted.length === 1);
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
});

test("a policy that is paused as the deletion is journaled keeps the pod", async () => {
  const cluster = await haltAndChange(2, (at) => at.changePolicy({ paused: true }));
  await until("the pause to be told", () => reasonOf(cluster) === "Paused");
  expect(cluster.podsDeleted).toEqual([]);
});

test("a pod that was replaced as the deletion is journaled is not deleted again", async () => {
  const cluster = await haltAndChange(2, (at) => at.api.drop(objectPath(PODS, NAMESPACE, "sei-0-0")));
  cluster.reach(31);
  await until("Recovered", () => cluster.halts()[0]?.status?.phase === "Recovered");
  expect(cluster.podsDeleted).toHaveLength(1);
});

test("a pod of no grace period of its own is deleted with one, so that its kubelet ends it first", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0", "v6.6", { terminationGracePeriodSeconds: 0 });
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  await until("the deletion", () => cluster.podsDeleted.length === 1);
  expect(cluster.api.forced).toEqual([]);
});

test("a policy that is being deleted as the swap is journaled sets no image, whatever its finalizers wait for", async () => {
  const metadata = { deletionTimestamp: new Date().toISOString(), finalizers: ["example.org/keep"] };
  const path = objectPath(HALT_POLICIES, NAMESPACE, "sei");
  const cluster = await haltAndChange(1, ({ api }) => api.mergePatch(path, { metadata }));
  await until("it to be told", () => reasonOf(cluster) === "PolicyMissing");
  expect(cluster.halts()[0]?.status?.message).toContain("HaltPolicy sei is being deleted");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("an image that something keeps from being set, such as an admission webhook, is set again less and less often", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const attempts: number[] = [];
  cluster.api.jsonPatch = async (path) => {
    attempts.push(performance.now());
    return await cluster.api.get(path);
  };
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  await until("some attempts", () => attempts.length >= 19);
  // Three at a time, with six pauses between, each of about twice the one before.
  const pauseBefore = (attempt: number) => (attempts[attempt] ?? 0) - (attempts[attempt - 1] ?? 0);
  expect(pauseBefore(18)).toBeGreaterThan(2 * pauseBefore(3));
  expect(cluster.halts()[0]?.status?.phase).toBe("Swapping");
});

test("nobody is paged for what is only remembered, and no longer so", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy({ upgrades: [], paging: [{ webhook: { url: "http://127.0.0.1:1/" } }] });
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  controller.api.silent.add(collectionPath(HALT_POLICIES));
  await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
  cluster.reach(30);
  await until("the swap", () => cluster.imagesSet.length === 1);
  expect(cluster.halts()[0]?.status?.page).toBeUndefined();
});

test("a node that announced its halt is asked once more before anything is done to it", async () => {
  const cluster = new FakeCluster(() => undefined);
  await cluster.addPolicy({ paused: true });
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(29);
  await until("its record", () => cluster.records()[0]?.status?.height === 29);
  cluster.reach(30);
  cluster.intent = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 };
  await until("the pause to be told", () => reasonOf(cluster) === "Paused");
  cluster.intent = undefined;
  cluster.reach(31);
  await cluster.changePolicy({ paused: false });
  await until("Withdrawn", () => cluster.halts()[0]?.status?.phase === "Withdrawn");
  expect(cluster.imagesSet).toEqual([]);
});
