import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { API_VERSION } from "./api/group.ts";
import { hasEnded, type NodeHalt, type NodeHaltSpec } from "./api/node-halt.ts";
import { ControllerError } from "./controller-error.ts";
import { journalName, namesAgain } from "./journal/journal-name.ts";
import { collectionPath, NODE_HALTS, objectPath, PODS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController, type TestControllerOptions } from "./testing/test-controller.ts";
import { LASTING_MS } from "./workloads/unreadable.ts";

const POD = objectPath(PODS, NAMESPACE, "sei-0-0");

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(cluster: FakeCluster, options: TestControllerOptions = {}) {
  const pager = await PageReceiver.start();
  await cluster.addPolicy({ upgrades: [], paging: [{ webhook: { url: pager.url } }] });
  await cluster.addNode("sei-0");
  cluster.height = 29;
  const controller = await new TestController(cluster, options).start();
  undo.push(
    () => pager.stop(),
    () => controller.stop(),
  );
  await until("the node to be recorded", () => cluster.records().length === 1);
  return pager;
}

/** An API server that takes no NodeHalt of a pod, whichever it is asked for while `refuses` says so. */
function refusing(refuses: (podUID: string) => boolean): FakeCluster {
  const cluster = new FakeCluster();
  const create = cluster.api.create.bind(cluster.api);
  cluster.api.create = async (path, body) => {
    const { spec } = body as Partial<NodeHalt>;
    if (spec?.podUID !== undefined && refuses(spec.podUID))
      throw new ControllerError("invalid", "spec: refused by an admission webhook");
    return await create(path, body);
  };
  return cluster;
}

/** What the CRD's rules say of a halt that ended, which no API server in memory checks. */
function withRules(cluster: FakeCluster): FakeCluster {
  const replace = cluster.api.replace.bind(cluster.api);
  cluster.api.replace = async (path, body) => {
    const known = cluster.halts().find(({ metadata }) => path.includes(`/nodehalts/${metadata.name}/`));
    const { metadata, status } = body as NodeHalt;
    const isOfNewest = metadata.resourceVersion === known?.metadata.resourceVersion;
    if (known && isOfNewest && hasEnded(known) && status?.phase !== known.status?.phase)
      throw new ControllerError("invalid", "status: a halt that ended stays so");
    return await replace(path, body);
  };
  return cluster;
}

/** Every name that the journal of the halt to come can have is that of one which ended. */
async function takeNames(cluster: FakeCluster): Promise<void> {
  const spec: NodeHaltSpec = {
    ...{ podName: "sei-0-0", podUID: uidOf(cluster), container: CONTAINER, policyName: "sei" },
    ...{ reason: "upgrade_required", planName: "v6.7", height: 30, restartCount: 0, image: image("v6.6") },
    ...{ sources: [], verdict: "It halted.", detectedAt: new Date().toISOString() },
  };
  for (const name of [journalName(spec), journalName({ ...spec, run: 0 }), ...namesAgain(spec)]) {
    const body = {
      apiVersion: API_VERSION,
      kind: "NodeHalt",
      metadata: { name, namespace: NAMESPACE },
      spec,
    };
    await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), body);
    const status = { phase: "Recovered", reason: "Recovered", message: "x" };
    await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, name, "status"), { status });
  }
}

const uidOf = (cluster: FakeCluster) => cluster.pods()[0]?.metadata.uid ?? "";

/** Has the pod deleted, and waits for the one after it to halt, too. */
async function haltAnew(cluster: FakeCluster): Promise<string> {
  const before = uidOf(cluster);
  cluster.api.drop(POD);
  return await until("the next pod's end", () => {
    const [pod] = cluster.pods();
    const isHalted = pod?.status?.containerStatuses?.[0]?.state?.terminated !== undefined;
    return isHalted && pod.metadata.uid !== before && pod.metadata.uid;
  });
}

test("a pod whose halt is never recorded keeps no halt of the pod after it from being recorded and told of", async () => {
  let first = "";
  const cluster = refusing((podUID) => podUID === first);
  const pager = await start(cluster);
  first = uidOf(cluster);
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  const next = await haltAnew(cluster);

  await until("its record", () => cluster.halts().some(({ spec }) => spec.podUID === next));
  await until("its own page", () => pager.keys().some((key) => key.endsWith("/ImageMappingMissing")));
  await until("the end of the page before", () => pager.resolvedKeys().length === 1);
  expect(pager.resolvedKeys()).toEqual([expect.stringMatching(/\/JournalRefused$/)]);
});

test("a node whose pods are made anew, and whose halts are never recorded, is told of by one page until one is", async () => {
  let isRefused = true;
  const cluster = refusing(() => isRefused);
  const pager = await start(cluster);
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  await haltAnew(cluster);
  const last = await haltAnew(cluster);
  isRefused = false;
  await cluster.api.mergePatch(POD, { metadata: { annotations: { touched: "true" } } });

  await until("the record of the last", () => cluster.halts().length === 1);
  await until("the end of the page", () => pager.resolvedKeys().length === 1);
  expect(cluster.halts().map(({ spec }) => spec.podUID)).toEqual([last]);
  expect(pager.keys().filter((key) => key.includes("/JournalRefused"))).toEqual(pager.resolvedKeys());
});

test("names that are all taken by NodeHalts that ended are told of once a pod, and keep nothing of the pod after it back", async () => {
  const cluster = withRules(new FakeCluster());
  const pager = await start(cluster);
  await takeNames(cluster);

  cluster.reach(30);

  await until("the page", () => pager.keys().length === 1);
  expect(pager.keys()).toEqual([expect.stringMatching(/\/JournalTaken$/)]);
  expect(pager.pages()[0]?.body.summary).toContain("Find out who wrote them, and delete them.");
  await until("the condition", () =>
    cluster.policy().status?.conditions?.some(({ reason }) => reason === "JournalTaken"),
  );

  const next = await haltAnew(cluster);
  await until("the record of the next", () => cluster.halts().some((halt) => halt.spec.podUID === next));
  await until("the end of the page", () => pager.resolvedKeys().length === 1);
  expect(pager.keys().filter((key) => key.includes("/Journal"))).toEqual(pager.resolvedKeys());
});

test("a node that announces and leaves the same halt in one run more often than that has names is told of each time", async () => {
  const cluster = withRules(new FakeCluster(() => undefined));
  const pager = await start(cluster);
  await takeNames(cluster);
  for (const round of [1, 2]) {
    cluster.height = 30;
    cluster.intent = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 };
    await until(`page ${round}`, () => pager.keys().length === round);
    cluster.intent = undefined;
    cluster.height = 31;
    await until("its end", () => {
      cluster.height += 1;
      return pager.resolvedKeys().length === round;
    });
  }
});

test("a page that a journal has for standing is not over because its key was told of without the journal", async () => {
  const cluster = new FakeCluster();
  let [later, isDown] = [0, false];
  const replace = cluster.api.replace.bind(cluster.api);
  const isOfHalt = (path: string) => path.includes("/nodehalts/");
  cluster.api.replace = async (path, body) => {
    const { reason, page } = (body as Partial<NodeHalt>).status ?? {};
    if (isOfHalt(path) && isDown) throw new ControllerError("server-error", "webhook is down");
    // An older CRD takes nothing but that it takes nothing.
    if (isOfHalt(path) && reason !== "JournalRefused") throw new ControllerError("invalid", "status.x");
    const written = await replace(path, body);
    isDown ||= isOfHalt(path) && page?.attempts === 0 && later === 0;
    return written as never;
  };
  const pager = await start(cluster, { now: () => Date.now() + later });
  cluster.reach(30);
  await until("the journal's page, which can't be sent", () => isDown);
  later = LASTING_MS + 1_000;
  await until("the page without a journal", () => pager.keys().length === 1);

  isDown = false;

  await until("the journal's page", () => cluster.halts()[0]?.status?.page?.state === "Sent");
  await until("the policy to be well again", () =>
    cluster.policy().status?.conditions?.every(({ reason }) => reason !== "JournalRefused"),
  );
  expect([pager.keys().length, pager.resolvedKeys()]).toEqual([1, []]);
});
