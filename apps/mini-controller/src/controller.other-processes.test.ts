import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, objectPath, PODS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const [OWN, ANOTHER] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "11".repeat(20)];
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A node that was seen at work, and a controller that watches it. */
async function oneNode(policy: object = {}, answersInstead: () => object | undefined = () => undefined) {
  const cluster = new FakeCluster((tag, height) => (tag.endsWith("v6.5") ? undefined : onePlan(tag, height)));
  cluster.validatorOf = () => OWN;
  const { readNode } = cluster;
  const read = async (url: string) => {
    const node = answersInstead();
    return node === undefined
      ? await readNode(url)
      : { kind: "ok", at: Date.now(), envelope: "bare", node: { ...node, haltIntent: { kind: "absent" } } };
  };
  Object.assign(cluster, { readNode: read });
  await cluster.addPolicy(policy);
  await cluster.addNode("sei-0");
  cluster.height = 29;
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  return cluster;
}

function haltedFor(cluster: FakeCluster, reason: string) {
  return until(`the halt to be held: ${reason}`, () =>
    cluster.halts().find(({ status }) => status?.reason === reason),
  );
}

async function addPod(cluster: FakeCluster, name: string, spec: object, changes: object = {}) {
  const { labels = {}, ...status } = changes as { labels?: object };
  const metadata = { name, namespace: NAMESPACE, labels };
  const pod = { kind: "Pod", metadata, spec };
  await cluster.api.create(collectionPath(PODS, NAMESPACE), pod as never);
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, name, "status"), {
    status: { phase: "Running", podIP: "10.0.0.99", ...status },
  });
}

test("a pod in which somebody runs a node by hand is replaced once that has ended", async () => {
  const cluster = await oneNode({ paused: true });
  cluster.reach(30);
  await haltedFor(cluster, "Paused");
  const byHand = { name: "debugger-a", image: image("v6.7"), targetContainerName: CONTAINER };
  const stateOf = (state: object) =>
    cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0", "status"), {
      status: { ephemeralContainerStatuses: [{ name: "debugger-a", state }] },
    });
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0"), {
    spec: { ephemeralContainers: [byHand] },
  });
  await stateOf({ running: { startedAt: new Date().toISOString() } });

  await cluster.changePolicy({ paused: false });

  const halt = await haltedFor(cluster, "StrangerNotKnown");
  expect(halt.status?.message).toContain("container debugger-a of sei/sei-0-0 (was added to the pod");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  await stateOf({ running: null, terminated: { exitCode: 0 } });
  await until("the swap", () => cluster.imagesSet.length === 1);
});

test("a node that a policy of its own selects is waited for as it starts, whatever it looks like", async () => {
  const cluster = await oneNode();
  const role = { role: "backup" };
  await cluster.addPolicy(
    { selector: { matchLabels: role }, container: "node", rpcPort: "tm-rpc" },
    "backup",
  );
  cluster.silent.add("backup");
  const containers = [
    { name: "node", image: "ghcr.io/other/chain:v6.6", ports: [{ name: "tm-rpc", containerPort: 26657 }] },
  ];
  const state = { running: { startedAt: new Date().toISOString() } };
  const containerStatuses = [{ name: "node", restartCount: 0, state }];
  await addPod(cluster, "backup", { containers }, { labels: role, containerStatuses });

  cluster.reach(30);

  const halt = await haltedFor(cluster, "NodeStarting");
  expect(halt.status?.message).toContain("sei/backup (starts, and has not answered");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("a backup that halted too, and runs again in place without a word, is waited for", async () => {
  const cluster = await oneNode({ paused: true });
  await cluster.addNode("backup");
  cluster.validatorOf = (name) => (name === "backup-0" ? ANOTHER : OWN);
  await until("both to have told who they are", () => cluster.records().length === 2);
  cluster.reach(30);
  await until("both to halt", () => cluster.halts().filter(({ status }) => status?.reason === "Paused")[1]);
  cluster.silent.add("backup-0");
  cluster.restart("backup-0");

  await cluster.changePolicy({ paused: false });

  const halt = await until("the swap to wait", () =>
    cluster
      .halts()
      .find(({ spec, status }) => spec.podName === "sei-0-0" && status?.reason === "NodeStarting"),
  );
  expect(halt.status?.message).toContain("sei/backup-0 (starts, and has not answered");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test.each([
  ["that no policy selects", {}, "StrangerNotKnown"],
  ["that its policy selects", { role: "backup" }, "NodeStarting"],
])(
  "a node %s is not told apart by an answer at an address that another pod has, too",
  async (_, labels, reason) => {
    const cluster = await oneNode();
    await cluster.addPolicy({ selector: { matchLabels: { role: "backup" } }, container: "node" }, "backup");
    cluster.validatorOf = (name) => (name === "a-sentry" ? ANOTHER : OWN);
    const state = { running: { startedAt: "2026-01-01T00:00:00Z" } };
    const containerStatuses = [{ name: "node", restartCount: 0, state }];
    const host = (of: object) => ({ nodeName: "m1", containers: [{ name: "node", ...of }] });
    await addPod(cluster, "a-sentry", host({ image: "example.org/sentry:1" }), { containerStatuses });
    const ports = [{ name: "rpc", containerPort: 26657 }];
    await addPod(cluster, "backup", host({ image: image("v6.5"), ports }), { labels, containerStatuses });

    cluster.reach(30);

    const halt = await haltedFor(cluster, reason);
    expect(halt.status?.message).toContain("sei/backup (has its address with sei/a-sentry");
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  },
);

test("a pod in which a node answers after its container's end is not replaced until that has ended", async () => {
  let byHand: object | undefined;
  const cluster = await oneNode({ paused: true }, () => byHand);
  cluster.reach(30);
  await haltedFor(cluster, "Paused");
  byHand = { height: 35, chainId: "test", validatorAddress: OWN };

  await cluster.changePolicy({ paused: false });

  const halt = await haltedFor(cluster, "StrangerNotKnown");
  expect(halt.status?.message).toContain("container seid of sei/sei-0-0 (has ended, and a node that answers");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  byHand = undefined;
  await until("the swap", () => cluster.imagesSet.length === 1);
});
