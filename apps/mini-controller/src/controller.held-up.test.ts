import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { ANNOTATION_ABORT, ANNOTATION_ACKNOWLEDGED, API_VERSION } from "./api/group.ts";
import { ControllerError } from "./controller-error.ts";
import { collectionPath, NODE_HALTS, objectPath, PODS } from "./kube/paths.ts";
import { type Behaviour, CONTAINER, FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController, type TestControllerOptions } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** The volume of a node's keys. */
const claimOf = (node: string) => ({
  volumes: [{ name: "data", persistentVolumeClaim: { claimName: `data-${node}` } }],
});

/** Nodes that were seen at 29, under a policy that lists v6.7 for 30 and swaps one node at a time. */
async function play(
  nodes: readonly string[],
  policy: object = {},
  behave: Behaviour = onePlan,
  now: () => number = Date.now,
  onCall: TestControllerOptions["onCall"] = () => {},
) {
  const [cluster, pager] = [new FakeCluster(behave), await PageReceiver.start()];
  await cluster.addPolicy({
    ...{ paging: [{ webhook: { url: `${pager.url}/page` } }], maxConcurrent: 1, ...policy },
  });
  for (const node of nodes) await cluster.addNode(node, "v6.6", claimOf(node));
  cluster.height = 29;
  const controller = await new TestController(cluster, { now, onCall }).start();
  undo.push(
    () => pager.stop(),
    () => controller.stop(),
  );
  await until("29 to be recorded", () => cluster.records().length === nodes.length);
  return { cluster, pager };
}

const abort = (cluster: FakeCluster, name: string, value: string) =>
  cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, name), {
    metadata: { annotations: { [ANNOTATION_ABORT]: value } },
  });
const haltOf = (cluster: FakeCluster, pod: string) =>
  cluster.halts().find(({ spec }) => spec.podName === pod);

test.each(["true", "True", "yes", ""])("a halt is aborted by the annotation %j", async (value) => {
  const { cluster } = await play(["sei-0"], { paused: true });
  cluster.reach(30);
  const held = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "Paused"),
  );
  await abort(cluster, held.metadata.name, value);
  await cluster.changePolicy({ paused: false });
  await until("it to be aborted", () => haltOf(cluster, "sei-0-0")?.status?.reason === "Aborted");
  expect(cluster.imagesSet).toEqual([]);
});

test("a swap that is aborted while its node does not come back ends in its time, and the next node has its turn", async () => {
  const crashing: Behaviour = (tag, height) => (tag.endsWith("v6.7") ? "crash" : onePlan(tag, height));
  const { cluster } = await play(["sei-0", "sei-1"], { recoveryTimeoutSeconds: 2 }, crashing);
  cluster.reach(30);
  const first = await until("a swap", () =>
    cluster.halts().find(({ status }) => status?.phase === "Recovering"),
  );
  await abort(cluster, first.metadata.name, "true");
  await until("it to end", () => haltOf(cluster, first.spec.podName)?.status?.phase === "Failed");
  await until("the other node's swap", () => cluster.imagesSet.length === 2);
});

test("an image that failed is set on no other node once the error budget is spent, also where that swap was decided before, until somebody acknowledges the failure", async () => {
  const failing: Behaviour = (tag, height) => (tag.endsWith("v6.7") ? 72 : onePlan(tag, height));
  let refused = 0;
  let isRefusing = true;
  const { cluster } = await play(
    ["sei-0", "sei-1"],
    { maxConcurrent: 2, errorBudget: 1 },
    failing,
    Date.now,
    // A webhook of the second StatefulSet's team that is down for a while.
    ({ verb, path }) => {
      if (!isRefusing || verb !== "patch" || !path.endsWith("/statefulsets/sei-1")) return;
      refused += 1;
      throw new ControllerError("server-error", "failed calling webhook: connection refused");
    },
  );
  cluster.reach(30);
  const first = await until("the first swap to fail", () => {
    const halt = haltOf(cluster, "sei-0-0");
    return refused > 0 && halt?.status?.phase === "Failed" ? halt : undefined;
  });
  isRefusing = false;
  await until("the other to stand still", () => {
    const { phase, reason } = haltOf(cluster, "sei-1-0")?.status ?? {};
    return phase === "Swapping" && reason === "ErrorBudgetSpent";
  });
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, first.metadata.name), {
    metadata: { annotations: { [ANNOTATION_ACKNOWLEDGED]: "true" } },
  });
  await until("the other image", () => cluster.imagesSet.length === 2);
});

test("a halt is held with what was found where a webhook rewrites the images of pods, and nobody is said to have changed one", async () => {
  const cluster = new FakeCluster();
  cluster.rewrite = (name) => `mirror.local/${name}`;
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  cluster.reach(30);
  const held = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "ImageRewrittenAtAdmission"),
  );
  expect(held.status?.message).toContain(`says ${image("v6.6")}, and pod sei-0-0, which was made from that,`);
  expect(held.status?.message).toContain(`has mirror.local/${image("v6.6")}:`);
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("a halt that waits for a swap which stands still has a person paged for it, too, and goes on once that one is aborted", async () => {
  let later = 0;
  const { cluster, pager } = await play(["sei-0", "sei-1"], {}, onePlan, () => Date.now() + later);
  // As the first image is set, somebody starts a pod with the keys of that node.
  const { onWrite } = cluster.api;
  cluster.api.onWrite = (before, after) => {
    onWrite(before, after);
    const [node] = cluster.imagesSet[0]?.split(" ") ?? [];
    if (node === undefined) return;
    cluster.api.onWrite = onWrite;
    void cluster.api.create(collectionPath(PODS, NAMESPACE), {
      kind: "Pod",
      metadata: { name: "debug", namespace: NAMESPACE },
      spec: { ...claimOf(node), containers: [{ name: "shell", image: "busybox:1" }] },
      status: { phase: "Running" },
    });
  };
  cluster.reach(30);
  const stuck = await until("the first swap to stand still", () =>
    cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  later = 61_000;
  const other = stuck.spec.podName === "sei-0-0" ? "sei-1-0" : "sei-0-0";
  const waits = await until("the other halt to wait for it", () => {
    const halt = haltOf(cluster, other);
    return halt?.status?.message?.includes(stuck.metadata.name) ? halt : undefined;
  });
  expect([waits.status?.phase, waits.status?.reason, waits.status?.page]).toEqual([
    "Recorded",
    "WaitingForSlot",
    undefined,
  ]);

  later = 122_000;
  await until("its page", () => pager.received.length === 2);
  const told = pager.received.map(({ body }) => (JSON.parse(body) as { summary: string }).summary);
  expect(told[1]).toContain(`sei/${other} halted`);
  expect(haltOf(cluster, other)?.status).toMatchObject({ phase: "Held", reason: "WaitingForSlot" });

  await abort(cluster, stuck.metadata.name, "true");
  await until("the other node's swap", () => cluster.imagesSet.length === 2);
});

test("a NodeHalt that somebody wrote takes no slot, whatever it says", async () => {
  const { cluster } = await play(["sei-0"]);
  const name = "ghost-0-upgrade-required-000000000000";
  const spec = {
    ...{
      podName: "ghost-0",
      podUID: "u",
      container: CONTAINER,
      policyName: "sei",
      reason: "upgrade_required",
    },
    ...{ image: image("v6.6"), sources: ["exit-code"], verdict: "v", detectedAt: "2026-08-21T18:00:00Z" },
  };
  await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), {
    ...{ apiVersion: API_VERSION, kind: "NodeHalt", metadata: { name, namespace: NAMESPACE }, spec },
  });
  const status = { phase: "Swapping", toImage: image("v6.7"), reason: "x", message: "y" };
  await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, name, "status"), { status });
  cluster.reach(30);
  await until("the swap", () => cluster.podsDeleted.length === 1);
});

test("a failure whose page is over, or that nobody was told of, holds the next node and has a person paged for it", async () => {
  const { cluster, pager } = await play(["sei-0"], { recoveryTimeoutSeconds: 1 });
  cluster.reach(30);
  await until("the swap to fail", () => haltOf(cluster, "sei-0-0")?.status?.phase === "Failed");
  cluster.reach(35);
  await until("its page to be over", () => haltOf(cluster, "sei-0-0")?.status?.page?.state === "Resolved");
  const told = pager.received.length;
  cluster.height = 29;
  await cluster.addNode("sei-1");
  await until("it to be read", () => cluster.heightsTold.get("sei-1-0") === 29);
  cluster.reach(30);
  await until("it to be held", () => haltOf(cluster, "sei-1-0")?.status?.reason === "ErrorBudgetSpent");
  await until("a page", () => pager.received.length > told);
  expect(cluster.imagesSet).toHaveLength(1);
});
