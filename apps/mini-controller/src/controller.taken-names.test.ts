import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { API_VERSION } from "./api/group.ts";
import type { NodeHaltSpec, NodeHaltStatus } from "./api/node-halt.ts";
import { journalName, namesAgain } from "./journal/journal-name.ts";
import { collectionPath, NODE_HALTS, objectPath, PODS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(policy: object = {}) {
  const [cluster, pager] = [new FakeCluster(), await PageReceiver.start()];
  await cluster.addPolicy({ paging: [{ webhook: { url: `${pager.url}/page` } }], ...policy });
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(
    () => pager.stop(),
    () => controller.stop(),
  );
  const pod = await until("the node to have been read", () => cluster.isRead && cluster.pods()[0]);
  const spec: NodeHaltSpec = {
    podName: "sei-0-0",
    podUID: pod.metadata.uid ?? "",
    container: CONTAINER,
    policyName: "sei",
    reason: "upgrade_required",
    planName: "v6.7",
    height: 30,
    restartCount: 0,
    image: pod.spec.containers[0]?.image ?? "",
    sources: [],
    verdict: "It halted.",
    detectedAt: new Date().toISOString(),
  };
  const forge = async (name: string, forged: NodeHaltSpec, status?: NodeHaltStatus) => {
    const metadata = { name, namespace: NAMESPACE };
    const body = { apiVersion: API_VERSION, kind: "NodeHalt", metadata, spec: forged };
    await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), body);
    if (status !== undefined)
      await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, name, "status"), { status });
  };
  return { cluster, pager, spec, forge };
}

const REAL: readonly ((spec: NodeHaltSpec) => string)[] = [
  (spec) => journalName(spec),
  ({ podName, podUID, container, reason }) => journalName({ podName, podUID, container, reason, run: 0 }),
];

const FORGED: Record<string, (spec: NodeHaltSpec) => NodeHaltSpec> = {
  "of another image": (spec) => ({ ...spec, image: "other/image:1" }),
  "that names no height": ({ height: _, ...spec }) => spec,
  "that names no plan": ({ planName: _, ...spec }) => spec,
  "of another plan": (spec) => ({ ...spec, planName: "x" }),
  "of another pod": (spec) => ({ ...spec, podName: "sei-9-0" }),
  "of another run": (spec) => ({ ...spec, image: "other/image:1", restartCount: 9 }),
};

test.each(Object.entries(FORGED))(
  "a forged NodeHalt %s under a name of the halt to come hides it not",
  async (_, forged) => {
    const { cluster, spec, forge } = await start();
    for (const name of REAL) await forge(name(spec), forged(spec));

    cluster.reach(30);

    await until("the swap", () => cluster.imagesSet.length === 1);
    expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  },
);

test("a NodeHalt of which nobody wrote down what was seen hides no halt that tells less than it", async () => {
  const { cluster, pager, spec, forge } = await start();
  for (const name of REAL) await forge(name(spec), spec);

  const terminated = { exitCode: 70, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T01:00:00Z" };
  const containerStatuses = [{ name: CONTAINER, restartCount: 0, state: { terminated }, lastState: {} }];
  const path = objectPath(PODS, NAMESPACE, spec.podName, "status");
  await cluster.api.mergePatch(path, { status: { containerStatuses } });

  const held = await until("the halt to be held as it is", () =>
    cluster.halts().find(({ status }) => status?.seen !== undefined && status.phase === "Held"),
  );
  expect([held.spec.height, held.status?.reason]).toEqual([undefined, "PlanNotNamed"]);
  await until("a page about it", () =>
    pager.received.some((page) => JSON.stringify(page).includes(held.metadata.name)),
  );
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("forged NodeHalts under every name of the halt to come, which say that it is over, have a person paged", async () => {
  const { cluster, pager, spec, forge } = await start();
  for (const name of [...REAL.map((nameOf) => nameOf(spec)), ...namesAgain(spec)])
    await forge(name, spec, { phase: "Recovered", reason: "Recovered", message: "x" });

  cluster.reach(30);

  await until("a page", () => pager.received.length === 1);
  expect(JSON.stringify(pager.received)).toContain("JournalTaken");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("what a person aborted stays so after the node ran again and halted anew", async () => {
  const { cluster, pager } = await start({ paused: true });
  cluster.reach(30);
  const first = await until("the halt to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "Paused"),
  );
  const path = objectPath(NODE_HALTS, NAMESPACE, first.metadata.name);
  await cluster.api.mergePatch(path, { metadata: { annotations: { "upgrade-halt.dev/abort": "true" } } });
  cluster.height = 5;
  cluster.restart("sei-0-0");
  await until("the halt to be withdrawn", () =>
    cluster.halts().some(({ status }) => status?.phase === "Withdrawn"),
  );
  await cluster.changePolicy({ paused: false });

  cluster.height = 30;
  cluster.haltAgain("sei-0-0");

  const held = await until("the next to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "AbortedBefore"),
  );
  expect(held.status?.message).toContain(first.metadata.name);
  await until("a page", () => pager.received.some((page) => JSON.stringify(page).includes("AbortedBefore")));
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  await cluster.api.mergePatch(path, { metadata: { annotations: { "upgrade-halt.dev/abort": null } } });
  await until("the swap", () => cluster.imagesSet.length === 1);
});

test("what a person aborted before its plan was known stays so once a pod that was made anew names the plan", async () => {
  const { cluster, spec } = await start();
  const terminated = { exitCode: 70, startedAt: "2026-01-01T00:00:00Z", finishedAt: "2026-01-01T01:00:00Z" };
  const containerStatuses = [{ name: CONTAINER, restartCount: 0, state: { terminated }, lastState: {} }];
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, spec.podName, "status"), {
    status: { containerStatuses },
  });
  const first = await until("the halt to be held as it is", () =>
    cluster.halts().find(({ status }) => status?.reason === "PlanNotNamed"),
  );
  const path = objectPath(NODE_HALTS, NAMESPACE, first.metadata.name);
  await cluster.api.mergePatch(path, { metadata: { annotations: { "upgrade-halt.dev/abort": "true" } } });
  cluster.statusReads.clear();
  cluster.api.drop(objectPath(PODS, NAMESPACE, spec.podName));
  cluster.reach(29);
  await until("the next pod to be read", () => cluster.statusReads.has(spec.podName));

  cluster.reach(30);

  const held = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "AbortedBefore"),
  );
  expect(held.status?.message).toContain(first.metadata.name);
  expect(cluster.imagesSet).toEqual([]);
  await cluster.api.mergePatch(path, { metadata: { annotations: { "upgrade-halt.dev/abort": null } } });
  await until("the swap", () => cluster.imagesSet.length === 1);
});
