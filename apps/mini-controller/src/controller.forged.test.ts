import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { API_VERSION } from "./api/group.ts";
import type { NodeHaltStatus } from "./api/node-halt.ts";
import type { NodeRecordStatus } from "./api/node-record.ts";
import { journalName } from "./journal/journal-name.ts";
import { collectionPath, NODE_HALTS, NODE_RECORDS, objectPath, type Resource } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const EVIL = `evil.example/miner@sha256:${"e".repeat(64)}`;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Writes a status as somebody may who has that right, where no admission policy keeps it for the controller. */
async function forge(cluster: FakeCluster, resource: Resource, name: string, status: object): Promise<void> {
  await cluster.api.mergePatch(objectPath(resource, NAMESPACE, name, "status"), { status });
}

async function start(cluster: FakeCluster): Promise<void> {
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
}

/** A node that was seen running v6.7 and was given v6.8, which is too new, under a policy that is paused since. */
async function deployTooNew(cluster: FakeCluster): Promise<void> {
  await cluster.addPolicy();
  await cluster.addNode("sei-0", "v6.7");
  await start(cluster);
  await until("its image to be recorded", () => {
    cluster.reach(Math.min(cluster.height + 1, 28));
    return cluster.records()[0]?.status?.images?.length === 1;
  });
  await cluster.changePolicy({ paused: true });
  await cluster.api.jsonPatch(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/sei-0`, [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.8") },
  ]);
  cluster.api.drop(`/api/v1/namespaces/${NAMESPACE}/pods/sei-0-0`);
}

const swapTo = (action: NodeHaltStatus["action"], from: string): NodeHaltStatus => ({
  ...{ phase: "Swapping", action, reason: "BinaryTooNew", message: "x" },
  ...{ fromImage: from, toImage: EVIL, recoverBy: new Date(Date.now() + 60_000).toISOString() },
});

test.each(["SwapImage", "RollBack"] as const)(
  "a journal in which somebody wrote a %s to an image that nothing leads to sets none",
  async (action) => {
    const cluster = new FakeCluster();
    await cluster.addPolicy({ upgrades: [] });
    await cluster.addNode("sei-0");
    await start(cluster);
    cluster.reach(30);
    const held = await until("Held", () => cluster.halts().find(({ status }) => status?.phase === "Held"));

    await forge(cluster, NODE_HALTS, held.metadata.name, swapTo(action, image("v6.6")));

    const failed = () => cluster.halts().find(({ status }) => status?.phase === "Failed");
    expect((await until("Failed", failed)).status?.reason).toBe("ImageWithdrawn");
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  },
);

test("a journal about too new a binary goes to no image but the one that ran before", async () => {
  const cluster = new FakeCluster();
  await deployTooNew(cluster);
  const held = await until("Held", () => cluster.halts().find(({ status }) => status?.reason === "Paused"));
  await forge(cluster, NODE_HALTS, held.metadata.name, swapTo("RollBack", image("v6.8")));
  await cluster.changePolicy({ paused: false });

  await until("Failed", () => cluster.halts().find(({ status }) => status?.phase === "Failed"));
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.8")}`]);
});

test("a record in which somebody wrote another image leads nowhere: no template of the node had it", async () => {
  const cluster = new FakeCluster();
  await deployTooNew(cluster);
  const inReason = (reason: string) => () => cluster.halts().find(({ status }) => status?.reason === reason);
  await until("it to be held", inReason("Paused"));
  const [record] = cluster.records();
  const [ran] = record?.status?.images ?? [];
  if (record === undefined || ran === undefined) throw new Error("nothing was recorded");
  const status: Partial<NodeRecordStatus> = { images: [{ ...ran, image: EVIL, imageID: EVIL }] };
  await forge(cluster, NODE_RECORDS, record.metadata.name, status);
  await cluster.changePolicy({ paused: false });

  await until("nothing to be known", inReason("PreviousImageUnknown"));
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.8")}`]);
});

test("a NodeHalt that somebody wrote under the journal's own name hides no halt", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  await start(cluster);
  const [pod] = await until("its pod", () => (cluster.pods().length === 1 ? cluster.pods() : undefined));
  const { name: podName, uid: podUID = "" } = pod?.metadata ?? { name: "" };
  const identity = { podName, podUID, container: "seid", reason: "upgrade_required" };
  const name = journalName(identity);
  await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), {
    ...{ apiVersion: API_VERSION, kind: "NodeHalt", metadata: { name, namespace: NAMESPACE } },
    spec: {
      ...{ ...identity, policyName: "sei", exitCode: 70, planName: "v6.7", height: 30, image: EVIL },
      ...{ sources: ["exit-code", "plan-line"], verdict: "x", detectedAt: new Date().toISOString() },
    },
  });
  cluster.reach(30);

  const own = () => cluster.halts().find(({ metadata }) => metadata.name !== name);
  await until("a journal of its own", () => own()?.status?.phase === "Recovering");
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
});

test("a height that was recorded of the pod before is none of a new pod that was never read", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  await start(cluster);
  cluster.reach(29);
  await until("its height to be recorded", () => cluster.records()[0]?.status?.height === 29);
  cluster.height = 30;
  cluster.api.drop(`/api/v1/namespaces/${NAMESPACE}/pods/sei-0-0`);

  const isUnseen = () => cluster.halts().find(({ status }) => status?.reason === "HeightNotSeen");
  await until("it to be held", isUnseen);
  expect(cluster.imagesSet).toEqual([]);
});
