import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { objectPath, PODS, STATEFUL_SETS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test.each([false, true])(
  "a node that signs as another one that runs is swapped once that is gone (its pod Failed: %s)",
  async (failedPods) => {
    const { cluster } = await twoOfOneValidator({ failedPods, podsMade: 8 });

    cluster.reach(30);

    const halt = await until("the swap to be refused", () =>
      cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
    );
    expect(halt.status?.message).toContain("sei/twin-0 (same validator address 9A16");
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
    cluster.api.drop("/apis/apps/v1/namespaces/sei/statefulsets/twin");
    cluster.api.drop("/api/v1/namespaces/sei/pods/twin-0");
    await until("the swap", () => cluster.imagesSet.length === 1);
    expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
  },
);

/** Two nodes that told the same validator address, which was written down. */
async function twoOfOneValidator(changes: Partial<Pick<FakeCluster, "failedPods" | "podsMade">> = {}) {
  const cluster = new FakeCluster((tag, height) => (tag.endsWith("v6.5") ? undefined : onePlan(tag, height)));
  Object.assign(cluster, changes);
  cluster.validatorOf = () => "9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C";
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  await cluster.addNode("twin", "v6.5");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("both to be recorded", () => {
    const told = cluster.records().filter(({ status }) => status?.validatorAddress !== undefined);
    return told.length === 2 && cluster.statusReads.size === 2;
  });
  return { cluster, controller };
}

async function expectRefused(cluster: FakeCluster): Promise<void> {
  const halt = await until("the swap to be refused", () =>
    cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  expect(halt.status?.message).toContain("sei/twin-0 (same validator address 9A16");
  expect(cluster.imagesSet).toEqual([]);
}

test("a new leader knows who signs as the same validator, also of a node that it has not reached itself", async () => {
  const { cluster, controller } = await twoOfOneValidator();
  await controller.stop();
  cluster.statusReads.clear();
  cluster.silent.add("twin-0");
  const next = new TestController(cluster);
  undo.push(() => next.stop());
  await next.controller.sync();
  next.controller.work();
  await until("the node to be read again", () => cluster.statusReads.has("sei-0-0"));

  cluster.reach(30);

  await expectRefused(cluster);
});

test("a node whose pod was made anew is still the validator that it was", async () => {
  const { cluster } = await twoOfOneValidator();
  cluster.statusReads.delete("twin-0");
  cluster.api.drop(objectPath(PODS, NAMESPACE, "twin-0"));
  await cluster.api.mergePatch(objectPath(STATEFUL_SETS, NAMESPACE, "twin"), {
    metadata: { labels: { touched: "yes" } },
  });
  await until("the new pod to be read", () => cluster.statusReads.has("twin-0"));

  cluster.reach(30);

  await expectRefused(cluster);
});

test.each(["the same controller", "the next one"])(
  "a validator that runs is no other one because somebody else answers at its address, says %s",
  async (who) => {
    const [own, another] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "11".repeat(20)];
    const { cluster, controller } = await twoOfOneValidator();
    cluster.validatorOf = (name) => (name === "twin-0" ? another : own);
    await until("both to be recorded of it", () =>
      cluster.records().some(({ status }) => status?.alsoTold?.includes(another)),
    );
    if (who === "the next one") {
      await controller.stop();
      cluster.statusReads.clear();
      const next = await new TestController(cluster).start();
      undo.push(() => next.stop());
      await until("both to be read again", () => cluster.statusReads.size === 2);
    }

    cluster.reach(30);

    await expectRefused(cluster);
  },
);

test("a node that was started again with another key is the other validator alone", async () => {
  const [own, another] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "11".repeat(20)];
  const { cluster } = await twoOfOneValidator();
  cluster.validatorOf = (name) => (name === "twin-0" ? another : own);
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "twin-0", "status"), {
    status: { containerStatuses: [{ name: CONTAINER, restartCount: 1, state: { running: {} } }] },
  });
  await until("the other key to be recorded", () =>
    cluster.records().some(({ status }) => status?.validatorAddress === another),
  );

  cluster.reach(30);

  await until("the swap", () => cluster.imagesSet.length === 1);
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
});

test("nothing that is read of a node counts as its own while two validators answer as it", async () => {
  const { cluster } = await twoOfOneValidator();
  cluster.api.drop("/apis/apps/v1/namespaces/sei/statefulsets/twin");
  cluster.api.drop(objectPath(PODS, NAMESPACE, "twin-0"));
  cluster.validatorOf = () => "11".repeat(20);
  await until("both to be recorded of it", () =>
    cluster.records().some(({ status }) => status?.alsoTold !== undefined),
  );

  cluster.reach(30);

  const halt = await until("the halt to be held", () =>
    cluster.halts().find(({ status }) => status?.phase === "Held" || status?.phase === "Paged"),
  );
  expect(halt.status?.reason).toMatch(/^(?:HeightNotSeen|ChainNotSeen|NotCorroborated)$/);
  expect(cluster.imagesSet).toEqual([]);
});

test("a pod that no policy selects is asked which validator it is before the node is swapped", async () => {
  const [own, another] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "00".repeat(20)];
  const cluster = new FakeCluster((tag, height) => (tag.endsWith("v6.5") ? undefined : onePlan(tag, height)));
  cluster.validatorOf = () => own;
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  const backup = {
    metadata: { name: "backup", namespace: NAMESPACE, labels: { role: "failover" } },
    spec: { containers: [{ name: CONTAINER, image: image("v6.5") }] },
  };
  await cluster.api.create(`/api/v1/namespaces/${NAMESPACE}/pods`, { kind: "Pod", ...backup });
  await until("the node to have told who it is", () => cluster.records().length === 1);

  cluster.reach(30);

  const refused = (reason: string) => () => cluster.halts().find(({ status }) => status?.reason === reason);
  const halt = await until("the swap to be refused", refused("SameValidatorMayRun"));
  expect(halt.status?.message).toContain("sei/backup (same validator address 9A16");
  cluster.validatorOf = (name) => (name === "backup" ? undefined : own);
  const unknown = await until("the swap to be refused", refused("StrangerNotKnown"));
  expect(unknown.status?.message).toContain("sei/backup (told no validator address)");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  cluster.validatorOf = (name) => (name === "backup" ? another : own);
  await until("the swap", () => cluster.imagesSet.length === 1);
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
});

test("a pod is not replaced while a second node in it answers", async () => {
  const cluster = new FakeCluster(onePlan);
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const pod = await until("the pod", () => cluster.pods()[0]);
  const sentry = { name: "sentry", image: image("v6.6"), ports: [{ containerPort: 36657 }] };
  const containers = [...pod.spec.containers, sentry];
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0"), { spec: { containers } });
  const { readNode } = cluster;
  let isRunning = true;
  const told = {
    height: 12,
    chainId: "test",
    haltIntent: { kind: "absent" },
    validatorAddress: "00".repeat(20),
  };
  const readBoth = async (url: string) =>
    url.includes(":36657/") && isRunning
      ? { kind: "ok", at: Date.now(), envelope: "bare", node: told }
      : await readNode(url);
  Object.assign(cluster, { readNode: readBoth });
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to have told who it is", () => cluster.records().length === 1);

  cluster.reach(30);

  const halt = await until("the swap to be refused", () =>
    cluster.halts().find(({ status }) => status?.reason === "StrangerNotKnown"),
  );
  expect(halt.status?.message).toContain(
    "container sentry of sei/sei-0-0 (answers on /status, and would be ended with the pod)",
  );
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  isRunning = false;
  const ended = { name: "sentry", restartCount: 0, state: { terminated: { exitCode: 0 } } };
  const statuses = cluster.pods()[0]?.status?.containerStatuses ?? [];
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0", "status"), {
    status: { containerStatuses: [...statuses, ended] },
  });
  await until("the swap", () => cluster.imagesSet.length === 1);
});

test("a node that a policy selects and that only starts is waited for until it says who it is", async () => {
  const [own, another] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "00".repeat(20)];
  const cluster = new FakeCluster((tag, height) => (tag.endsWith("v6.5") ? undefined : onePlan(tag, height)));
  cluster.validatorOf = (name) => (name === "backup-0" ? another : own);
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  await cluster.addNode("backup", "v6.5");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("both to have told who they are", () => cluster.statusReads.size === 2);
  // It is started again, and does not serve yet.
  const path = objectPath(PODS, NAMESPACE, "backup-0", "status");
  const run = { restartCount: 1, state: { running: { startedAt: new Date().toISOString() } } };
  cluster.silent.add("backup-0");
  await cluster.api.mergePatch(path, { status: { containerStatuses: [{ name: CONTAINER, ...run }] } });

  cluster.reach(30);

  const halt = await until("the swap to wait", () =>
    cluster.halts().find(({ status }) => status?.reason === "NodeStarting"),
  );
  expect(halt.status?.message).toContain(
    "sei/backup-0 (starts, and has not answered on /status in this run)",
  );
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  cluster.silent.clear();
  await until("the swap", () => cluster.imagesSet.length === 1);
  expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.7")}`]);
});

test("a backup that halted too, and that a person starts anew with the node's key, is waited for", async () => {
  const [own, another] = ["9A16B31C0B5FB4D2D4C3E9C3F5D6E7F8091A2B3C", "00".repeat(20)];
  const cluster = new FakeCluster();
  cluster.validatorOf = (name) => (name === "backup-0" ? another : own);
  await cluster.addPolicy({ paused: true });
  await cluster.addNode("sei-0");
  await cluster.addNode("backup");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("both to have told who they are", () => cluster.records().length === 2);
  cluster.reach(30);
  await until(
    "both to be held",
    () => cluster.halts().filter(({ status }) => status?.reason === "Paused").length === 2,
  );

  cluster.validatorOf = () => own;
  cluster.silent.add("backup-0");
  await cluster.api.jsonPatch(objectPath(STATEFUL_SETS, NAMESPACE, "backup"), [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.7") },
  ]);
  cluster.api.drop(objectPath(PODS, NAMESPACE, "backup-0"));
  const run = { restartCount: 0, state: { running: { startedAt: new Date().toISOString() } } };
  const isUp = () => cluster.pods().some(({ metadata, status }) => metadata.name === "backup-0" && status);
  await until("its new pod", isUp);
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "backup-0", "status"), {
    status: { containerStatuses: [{ name: CONTAINER, ...run }] },
  });
  await cluster.changePolicy({ paused: false });

  const halt = await until("the swap to wait", () =>
    cluster.halts().find(({ status }) => status?.reason === "NodeStarting"),
  );
  expect(halt.status?.message).toContain("sei/backup-0 (starts, and has not answered");
  expect(cluster.imagesSet).toEqual([`backup ${image("v6.7")}`]);
  cluster.silent.clear();
  await until("the twin to be known", () =>
    cluster.halts().some(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  expect(cluster.imagesSet).toEqual([`backup ${image("v6.7")}`]);
});
