import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { HALT_POLICIES, objectPath, PODS } from "./kube/paths.ts";
import { startDeployment } from "./testing/deployed-node.ts";
import { FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test("the page of a Deployment's pod that is gone is over once its node runs, under the policy's other name", async () => {
  let halts = true;
  const { cluster, pager, addPod, drain, rename } = await startDeployment(undo, (_, height) =>
    halts && height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await rename();
  halts = false;
  await addPod("val-abc-2");
  await until("the page to be over", () => {
    cluster.reach(cluster.height + 1);
    return pager.resolvedKeys().length === 1;
  });
});

test("a page about a pod that is gone goes to who is paged under the policy's other name, and its Deployment's next pod is not told again", async () => {
  const { cluster, pager, addPod, drain, rename } = await startDeployment(undo, (_, height) =>
    height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  const other = await PageReceiver.start();
  undo.push(() => other.stop());
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await rename({ paging: [{ webhook: { url: other.url } }] });
  await addPod("val-abc-2");
  await until("the other receiver to have it", () => other.keys().length === 1);
  await cluster.addNode("sei-0");
  await until("a later halt to be told", () => other.keys().length === 2);
  expect(other.keys()[0]).toBe(pager.keys()[0]);
  expect(cluster.halts().map(({ spec }) => spec.podName)).toEqual(["val-abc-1", "sei-0-0"]);
});

test("a page for what is waited for stands for a Deployment's next pod under the policy's other name, and is told once", async () => {
  const { cluster, pager, addPod, drain, rename, haltOf } = await startDeployment(undo, onePlan, {
    upgrades: [],
  });
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await rename();
  await addPod("val-abc-2");
  const next = () => haltOf("val-abc-2")?.status;
  await until("the next pod's halt to wait as well", () => next()?.reason === "ImageMappingMissing");
  await cluster.addNode("sei-0");
  await until("a later halt to be told", () => pager.keys().length === 2);
  expect([next()?.page, pager.resolvedKeys()]).toEqual([undefined, []]);
});

test("a Deployment's swap recovers under the policy's other name", async () => {
  const { cluster, addSet, drain, rename, imageSet } = await startDeployment(undo, onePlan);
  cluster.reach(30);
  await until("the image to be set", async () => (await imageSet()) === image("v6.7"));
  drain("val-abc-1");
  await rename();
  await (await addSet("def", "v6.7", 2))("val-def-1");
  await until("it to recover", () => {
    cluster.reach(cluster.height + 1);
    return cluster.halts()[0]?.status?.phase === "Recovered";
  });
  expect(cluster.halts()[0]?.status?.policyName).toBe("validators");
});

test("a Deployment's new image that halts, too, is paged once under the policy's other name", async () => {
  const { cluster, pager, addSet, drain, rename, imageSet, haltOf } = await startDeployment(
    undo,
    (_, height) => (height >= 30 ? 70 : undefined),
  );
  cluster.reach(30);
  await until("the image to be set", async () => (await imageSet()) === image("v6.7"));
  drain("val-abc-1");
  await rename();
  await (await addSet("def", "v6.7", 2))("val-def-1");
  await until("the page", () => pager.keys().length === 1);
  await until("the next halt to be held", () => haltOf("val-def-1")?.status?.phase === "Held");
  await until("its page to be journaled", () => haltOf("val-abc-1")?.status?.page?.state === "Sent");
  expect(haltOf("val-abc-1")?.status?.reason).toBe("HaltedAgain");
  expect(pager.keys()).toHaveLength(1);
});

/** No pod is made any more, as with a quota that is full. */
function makeNoPods({ api }: FakeCluster): void {
  const create = api.create.bind(api);
  api.create = ((path: string, body: object) =>
    path.endsWith("/pods") ? new Promise(() => {}) : create(path, body)) as typeof api.create;
}

/** A swap whose pod was deleted and can't be made anew, as by a quota; its policy gets another name then. */
async function startGone(changes: object = {}) {
  const [cluster, pager] = [new FakeCluster(), await PageReceiver.start()];
  undo.push(() => pager.stop());
  const spec = { paging: [{ webhook: { url: pager.url } }], recoveryTimeoutSeconds: 3_600 };
  await cluster.addPolicy(spec);
  await cluster.addNode("sei-0");
  let later = 0;
  const steady = () => performance.now() + later;
  const controller = await new TestController(cluster, { steady }).start();
  undo.push(() => controller.stop());
  makeNoPods(cluster);
  cluster.reach(30);
  const status = () => cluster.halts()[0]?.status;
  await until("the pod to be deleted, and awaited", () => status()?.phase === "Recovering");
  cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
  await cluster.addPolicy({ ...spec, ...changes }, "validators");
  const pass = (ms: number) => {
    later += ms;
  };
  return { cluster, pager, status, pass };
}

test("a swap whose StatefulSet can't make its pod anew is under the policy's other name by its template, and told when its time is over", async () => {
  const { pager, status, pass } = await startGone({ upgrades: [] });
  await until("it to be under the other name", () => status()?.policyName === "validators");
  expect(status()?.phase).toBe("Recovering");
  pass(3_601_000);
  await until("the page", () => pager.keys().length === 1);
  expect(status()).toMatchObject({ phase: "Failed", reason: "RecoveryTimedOut" });
});

test("of a node that no policy would select any more the policy that lists its image is asked whom to page", async () => {
  const { pager, status, pass } = await startGone({ selector: { matchLabels: { app: "other" } } });
  pass(3_601_000);
  await until("the page", () => pager.keys().length === 1);
  expect(status()).toMatchObject({ phase: "Failed", reason: "RecoveryTimedOut" });
  expect(status()?.policyName).toBeUndefined();
});

test("a halt that waits, and whose pod is gone, is under the policy's other name however long there was no policy", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy({ paused: true });
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  const status = () => cluster.halts()[0]?.status;
  await until("it to be held", () => status()?.reason === "Paused");
  makeNoPods(cluster);
  cluster.api.drop(objectPath(PODS, NAMESPACE, "sei-0-0"));
  cluster.api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
  await until("the policy to be missed", () => status()?.reason === "PolicyMissing");
  await cluster.addPolicy({ paused: true }, "validators");
  await until("it to be held again", () => status()?.reason === "Paused");
  expect(status()?.policyName).toBe("validators");
});
