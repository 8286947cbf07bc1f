import { decodeHaltIntent } from "@upgrade-halt/contract";
import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, objectPath, PODS } from "./kube/paths.ts";
import { type Behaviour, CONTAINER, FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const [OWN, ANOTHER, THIRD] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "11".repeat(20), "22".repeat(20)];
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
  {
    spec = { volumes: [RUN] },
    labels = {},
    policy = {},
    behave = () => undefined,
  }: { spec?: object; labels?: object; policy?: object; behave?: Behaviour } = {},
) {
  const cluster = new FakeCluster(behave);
  cluster.validatorOf = () => OWN;
  const { readNode } = cluster;
  let instead: object | undefined;
  let answers = 0;
  const heard = async () => {
    const enough = answers + 5;
    await until("the answer to be heard", () => answers >= enough);
  };
  const read = async (url: string) => {
    if (instead === undefined) return await readNode(url);
    answers += 1;
    const ofPort = url.includes(":26757/") && { validatorAddress: THIRD };
    return { kind: "ok", at: Date.now() + cluster.later, envelope: "bare", node: { ...instead, ...ofPort } };
  };
  Object.assign(cluster, { readNode: read });
  await cluster.addPolicy(policy);
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
    heard,
    /** Has the other pod answer at the node's address from now on as one at work. */
    workInstead: (height: number, validatorAddress = ANOTHER) => {
      const haltIntent = decodeHaltIntent(undefined);
      instead = { height, chainId: "test", validatorAddress, haltIntent };
    },
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
  [
    "of its own namespace that looks like a node, and declares another port",
    ...[NAMESPACE, { image: image("v6.6"), ports: [{ name: "rpc", containerPort: 26757 }] }, OWN],
  ],
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
    expect(halt.status?.message?.includes("or to another namespace")).toBe(
      namespace === NAMESPACE && !("image" in container),
    );
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

const LABEL = "upgrade-halt.dev/halt";
const labelsOf = (cluster: FakeCluster) =>
  cluster.pods().find(({ metadata }) => metadata.name === "sei-0-0")?.metadata.labels ?? {};

test("a node that may be at work is not marked as halted for what another pod announces at its address", async () => {
  const { cluster, answerInstead, workInstead, heard } = await nodeBeside(NAMESPACE, {});
  await startedAgain(cluster);
  answerInstead(OWN);
  await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
  );
  workInstead(31);
  await heard();
  expect(labelsOf(cluster)).not.toHaveProperty(LABEL);
});

test("a node that works since its run before halted is not marked for what another pod announces at its address", async () => {
  const { cluster, answerInstead, workInstead, heard } = await nodeBeside(NAMESPACE, {});
  const ended = { exitCode: 70, message: LINE, finishedAt: new Date().toISOString() };
  await startedAgain(cluster, { lastState: { terminated: ended } });
  workInstead(33, OWN);
  await heard();
  await until("it to be known at work", () => !(LABEL in labelsOf(cluster)));
  answerInstead(OWN);
  await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
  );
  await heard();
  expect(labelsOf(cluster)).not.toHaveProperty(LABEL);
});

test("a node that answers at the address of one that ended is said to be maybe another pod's", async () => {
  const more = { policy: { paused: true }, behave: onePlan };
  const { cluster, workInstead } = await nodeBeside(NAMESPACE, {}, more);
  cluster.reach(30);
  const held = (reason: string) =>
    until("it to be held", () => cluster.halts().find(({ status }) => status?.reason === reason));
  await held("Paused");
  workInstead(35);
  await cluster.changePolicy({ paused: false });
  const message = (await held("StrangerNotKnown")).status?.message;
  expect(message).toContain(
    "sei/other may be who answers at the address of sei/sei-0-0: if it is not, a node answers in container seid of sei/sei-0-0, and would be ended with the pod. Move sei/other off",
  );
  expect(message).toContain("while it may be a node in sei/sei-0-0, do not delete that pod");
  expect(message).not.toContain("read the log");
});

const AT_WORK = [
  [
    "of its namespace that looks like none and declares no port, as to debug the machine",
    ...[NAMESPACE, {}, false],
  ],
  ["of its namespace that declares the node's port", NAMESPACE, { ports: [{ containerPort: 26657 }] }, true],
  ["of its namespace that looks like a node", NAMESPACE, { image: image("v6.6") }, true],
  ["of another namespace that looks like a node", "elsewhere", { image: image("v6.6") }, true],
  ["of its namespace that declares other ports", NAMESPACE, { ports: [{ containerPort: 9100 }] }, false],
  [
    "of its namespace that looks like a node and declares another port",
    ...[NAMESPACE, { image: image("v6.6"), ports: [{ name: "rpc", containerPort: 26757 }] }, false],
  ],
  ["of another namespace", "kube-system", {}, false],
] as [string, string, object, boolean][];

test.each(AT_WORK)(
  "whether a node that halted runs again is told at an address that another pod has, too: not by one %s, or else by the node (%#)",
  async (_, namespace, container, isHidden) => {
    const policy = { upgrades: [] };
    const { cluster, workInstead, heard } = await nodeBeside(namespace, container, {
      policy,
      behave: onePlan,
    });
    cluster.reach(30);
    await until("it to be held", () => cluster.halts().find(({ status }) => status?.phase === "Held"));
    cluster.restart("sei-0-0");
    workInstead(45);
    await heard();
    const isOver = () => cluster.halts()[0]?.status?.phase === "Withdrawn";
    if (!isHidden) await until("the end of the halt", isOver);
    expect(isOver()).toBe(!isHidden);
  },
);

// One of its namespace that looks like a node has to say who it is before the swap.
test.each(AT_WORK.filter(([, namespace, container]) => namespace !== NAMESPACE || !("image" in container)))(
  "whether a node recovered is told at an address that another pod has, too: not by one %s, or else by the node (%#)",
  async (_, namespace, container, isHidden) => {
    const policy = { recoveryTimeoutSeconds: isHidden ? 1 : 600 };
    const { cluster, workInstead } = await nodeBeside(namespace, container, { policy, behave: onePlan });
    const address = "10.0.0.99";
    await cluster.api.mergePatch(objectPath(PODS, namespace, "other", "status"), {
      status: { podIP: address },
    });
    cluster.silent.add("sei-0-0");
    cluster.reach(30);
    const next = await until("the next pod", () =>
      cluster.pods().find(({ spec, status }) => spec.containers[0]?.image.includes("v6.7") && status?.podIP),
    );
    await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, next.metadata.name, "status"), {
      status: { podIP: address },
    });
    workInstead(45);
    const halt = await until("its end", () =>
      cluster.halts().find(({ status }) => status?.phase === "Failed" || status?.phase === "Recovered"),
    );
    expect(halt.status?.phase).toBe(isHidden ? "Failed" : "Recovered");
    if (isHidden)
      expect(halt.status?.message).toContain(
        `${namespace}/other may be who answers at the address that both have`,
      );
  },
);
