import { decodeHaltIntent } from "@upgrade-halt/contract";
import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, objectPath, PODS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const [OWN, ANOTHER] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "11".repeat(20)];
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const RUN = { name: "run", hostPath: { path: "/run" } };
/** More than is kept of a pod that no policy selects. */
const MANY_LABELS = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, index) => [`example.org/l-${index}`, "x"]),
);

/** A node at work, and another pod with its address, in this namespace, of which nothing is known. */
async function nodeBeside(
  namespace: string,
  container: object,
  { spec = { volumes: [RUN] }, labels = {} }: { spec?: object; labels?: object } = {},
) {
  const cluster = new FakeCluster(() => undefined);
  cluster.validatorOf = () => OWN;
  const { readNode } = cluster;
  let instead: object | undefined;
  const read = async (url: string) =>
    instead === undefined
      ? await readNode(url)
      : { kind: "ok", at: Date.now() + cluster.later, envelope: "bare", node: instead };
  Object.assign(cluster, { readNode: read });
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  cluster.height = 29;
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  const podIP = cluster.pods()[0]?.status?.podIP;
  await cluster.api.create(collectionPath(PODS, namespace), {
    ...{ kind: "Pod", metadata: { name: "other", namespace, labels } },
    spec: { nodeName: "m1", ...spec, containers: [{ name: "x", image: "example.org/x:1", ...container }] },
  });
  await cluster.api.mergePatch(objectPath(PODS, namespace, "other", "status"), {
    status: { phase: "Running", podIP, containerStatuses: [{ name: "x", state: { running: {} } }] },
  });
  return {
    cluster,
    /** Has the other pod answer at the node's address from now on, as one that halted and signs as this validator. */
    answerInstead: (validatorAddress: string) => {
      const intent = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 };
      instead = { height: 30, chainId: "test", validatorAddress, haltIntent: decodeHaltIntent(intent) };
    },
  };
}

const startedAgain = ({ api }: FakeCluster, last: object = {}) =>
  api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0", "status"), {
    status: {
      containerStatuses: [
        {
          name: CONTAINER,
          restartCount: 1,
          state: { running: { startedAt: new Date().toISOString() } },
          ...last,
        },
      ],
    },
  });

test.each([
  ["of its own namespace, whatever that looks like", NAMESPACE, {}, OWN],
  ["of its own namespace, as another validator", NAMESPACE, {}, ANOTHER],
  ["of another namespace that looks like a node", "elsewhere", { image: image("v6.6") }, OWN],
  [
    "of another namespace that looks like a node, and has no folder of the machine",
    ...["elsewhere", { image: image("v6.6") }, OWN, { spec: { hostNetwork: true } }],
  ],
  [
    "of another namespace that looks like a node, and is larger than any",
    ...["elsewhere", { image: image("v6.6") }, OWN, { labels: MANY_LABELS }],
  ],
] as [string, string, object, string, object?][])(
  "a node that was started again is not swapped for a halt that a pod announces at its address: one %s",
  async (_, namespace, container, address, more = {}) => {
    const { cluster, answerInstead } = await nodeBeside(namespace, container, more);
    await startedAgain(cluster);
    answerInstead(address);

    const halt = await until("the halt to be held", () =>
      cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
    );

    expect(halt.status?.message).toContain(
      `${namespace}/other has the address of sei/sei-0-0, and may have announced the halt in its place. Move ${namespace}/other off the machine's network`,
    );
    expect(halt.status?.message?.includes("or to another namespace")).toBe(namespace === NAMESPACE);
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
    cluster.api.drop(objectPath(PODS, namespace, "other"));
    await until("the swap", () => cluster.imagesSet.length === 1);
  },
);

test.each([
  ["with a folder of that", {}],
  ["without one", { spec: { hostNetwork: true } }],
])(
  "an agent of its machine, which has its address, too, holds no halted node up: one %s",
  async (_, more) => {
    const { cluster, answerInstead } = await nodeBeside("kube-system", {}, more);
    answerInstead(OWN);
    await until("the swap", () => cluster.imagesSet.length === 1);
  },
);

const LINE = `5:59PM ERR CONSENSUS FAILURE!!! err=${JSON.stringify('UPGRADE "v6.7" NEEDED at height: 30: ')} module=consensus\n5:59PM INF Ensure peers module=pex\n`;

test("an agent of its namespace, which has its address, too, holds no node up whose own log tells of the halt", async () => {
  const { cluster, answerInstead } = await nodeBeside(NAMESPACE, {});
  cluster.logOf = () => LINE;
  answerInstead(OWN);
  await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
  );
  expect(cluster.imagesSet).toEqual([]);
  cluster.later = 31_000;
  await until("the swap", () => cluster.imagesSet.length === 1);
});

test("an exit with the halt's code and line is of the run before, and proves nothing of the one at whose address a pod announces it", async () => {
  const { cluster, answerInstead } = await nodeBeside(NAMESPACE, {});
  const ended = { exitCode: 70, message: LINE, finishedAt: new Date().toISOString() };
  await startedAgain(cluster, { lastState: { terminated: ended } });
  answerInstead(OWN);
  const halt = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
  );
  expect(halt.spec.sources).toEqual(expect.arrayContaining(["exit-code", "plan-line"]));
  expect(cluster.imagesSet).toEqual([]);
});
