import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { collectionPath, objectPath, PODS, STATEFUL_SETS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const withClaim = (claimName: string) => ({
  volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
});

test("a pod whose template was given the claim of a node that runs is not replaced before that is gone", async () => {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0", "v6.6", withClaim("data-a"));
  await cluster.addNode("sei-1", "v6.7", withClaim("data-b"));
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the nodes to be recorded", () => cluster.records().length === 2);
  const set = (name: string) => objectPath(STATEFUL_SETS, NAMESPACE, name);
  await cluster.api.mergePatch(set("sei-0"), { spec: { template: { spec: withClaim("data-b") } } });
  cluster.reach(30);
  const halt = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  expect(halt.status?.message).toContain(
    "sei/sei-1-0 (same PersistentVolumeClaim sei/data-b, which its template has by now)",
  );
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  await cluster.api.mergePatch(set("sei-0"), { spec: { template: { spec: withClaim("data-a") } } });
  await until("the swap", () => cluster.podsDeleted.length === 1);
});

test.each([
  ["the machine where another pod has its folder", { nodeName: "m2" }],
  [
    "machines of another label, where another pod may have its folder,",
    { nodeName: null, nodeSelector: { "example.org/validator": "b" } },
  ],
])("a pod whose template was given %s is not replaced before that is gone", async (_, staged) => {
  const volumes = [{ name: "data", hostPath: { path: "/data", type: "Directory" } }];
  const volumeMounts = [{ name: "data", mountPath: "/data" }];
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0", "v6.6", { volumes, nodeName: "m1" });
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  await cluster.api.create(collectionPath(PODS, "elsewhere"), {
    ...{ kind: "Pod", metadata: { name: "other", namespace: "elsewhere" } },
    spec: { nodeName: "m2", volumes, containers: [{ name: "x", image: "example.org/x:1", volumeMounts }] },
  });
  const ports = [{ name: "rpc", containerPort: 26657 }];
  const containers = [{ name: CONTAINER, image: image("v6.6"), ports, volumeMounts }];
  const set = objectPath(STATEFUL_SETS, NAMESPACE, "sei-0");
  const put = (placement: object) =>
    cluster.api.mergePatch(set, { spec: { template: { spec: { ...placement, containers } } } });
  await put(staged);
  cluster.reach(30);
  const halt = await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  expect(halt.status?.message).toContain(
    "elsewhere/other (same folder /data of the machine, which its template has by now)",
  );
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  await put({ nodeName: "m1" });
  await until("the swap", () => cluster.podsDeleted.length === 1);
});

test("a pod whose machine has another label than its name stays on that, and on no other, while its template is as it was", async () => {
  const volumes = [{ name: "data", hostPath: { path: "/data", type: "Directory" } }];
  const volumeMounts = [{ name: "data", mountPath: "/data" }];
  const pinned = (name: string) => ({ nodeSelector: { "kubernetes.io/hostname": name } });
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0", "v6.6", { volumes, ...pinned("val-1") });
  const ports = [{ name: "rpc", containerPort: 26657 }];
  const containers = [{ name: CONTAINER, image: image("v6.6"), ports, volumeMounts }];
  const set = objectPath(STATEFUL_SETS, NAMESPACE, "sei-0");
  await cluster.api.mergePatch(set, { spec: { template: { spec: { containers } } } });
  await until("its pod", () => cluster.pods().length === 1);
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0"), {
    spec: { nodeName: "ip-10-0-0-1.internal", containers },
  });
  await cluster.api.create(collectionPath(PODS, "elsewhere"), {
    ...{ kind: "Pod", metadata: { name: "other", namespace: "elsewhere" } },
    spec: { nodeName: "m2", volumes, containers: [{ name: "x", image: "example.org/x:1", volumeMounts }] },
  });
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  await cluster.api.mergePatch(set, { spec: { template: { spec: pinned("val-2") } } });
  cluster.reach(30);
  await until("it to be held", () =>
    cluster.halts().find(({ status }) => status?.reason === "SameValidatorMayRun"),
  );
  expect(cluster.imagesSet).toEqual([]);
  await cluster.api.mergePatch(set, { spec: { template: { spec: pinned("val-1") } } });
  await until("the swap", () => cluster.podsDeleted.length === 1);
});
