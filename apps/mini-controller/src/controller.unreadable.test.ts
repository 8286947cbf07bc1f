import { KubeError } from "@upgrade-halt/kube";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { objectPath, STATEFUL_SETS } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";
import { STARTING_MS } from "./workloads/unreadable.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A node at height 29, and an API server that answers readings of these objects with 403 while `refuses()`. */
async function startNode(what: string, refuses: (cluster: FakeCluster) => boolean, policy: object = {}) {
  const [cluster, pager] = [new FakeCluster(onePlan), await PageReceiver.start()];
  undo.push(() => pager.stop());
  await cluster.addPolicy({ paging: [{ webhook: { url: `${pager.url}/page` } }], ...policy });
  await cluster.addNode("sei-0");
  const { api } = cluster;
  const get = api.get.bind(api);
  api.get = (path) =>
    path.includes(`/${what}/`) && refuses(cluster)
      ? Promise.reject(new KubeError("forbidden", `${what} is forbidden`))
      : get(path);
  cluster.height = 29;
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  return { cluster, pager };
}

test("a halt whose workload may not be read is recorded all the same, and nothing is changed", async () => {
  const customResource = { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", resource: "seinodes" };
  const { cluster } = await startNode("seinodes", () => true, {
    target: { kind: "CustomResource", customResource },
  });
  const owner = { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", name: "val", uid: "cr", controller: true };
  await cluster.api.mergePatch(objectPath(STATEFUL_SETS, NAMESPACE, "sei-0"), {
    metadata: { ownerReferences: [owner] },
  });

  cluster.reach(30);

  const halt = await until("the halt to be recorded", () =>
    cluster.halts().find(({ status }) => status?.reason === "WorkloadUnreadable"),
  );
  expect(halt.status?.message).toContain("seinodes is forbidden");
  expect(halt.spec.workload).toBeUndefined();
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test("a swap whose workload can't be read any more fails in its time, and a person is told", async () => {
  const { cluster, pager } = await startNode("statefulsets", ({ imagesSet }) => imagesSet.length > 0, {
    recoveryTimeoutSeconds: 1,
  });

  cluster.reach(30);

  const halt = await until("the swap to fail", () =>
    cluster.halts().find(({ status }) => status?.phase === "Failed"),
  );
  expect(halt.status?.reason).toBe("RecoveryTimedOut");
  await until("the page", () => pager.keys().length === 1);
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[`sei-0 ${image("v6.7")}`], []]);
});

test("a binary that is too new is told of where the templates of its pod may not be read", async () => {
  const [cluster, pager] = [new FakeCluster(onePlan), await PageReceiver.start()];
  undo.push(() => pager.stop());
  await cluster.addPolicy({ paging: [{ webhook: { url: `${pager.url}/page` } }] });
  await cluster.addNode("sei-0", "v6.8");
  const get = cluster.api.get.bind(cluster.api);
  let later = 0;
  const refused = Promise.withResolvers<void>();
  cluster.api.get = (path) => {
    if (!path.includes("/controllerrevisions/")) return get(path);
    refused.resolve();
    return Promise.reject(new KubeError("forbidden", "controllerrevisions is forbidden"));
  };
  const controller = await new TestController(cluster, { now: () => Date.now() + later }).start();
  undo.push(() => controller.stop());
  await refused.promise;
  expect(cluster.halts().map(({ status }) => status?.reason)).toEqual([undefined]);

  later = STARTING_MS;

  await until("the page", () => pager.keys().length === 1);
  expect(cluster.halts().map(({ status }) => status?.reason)).toEqual(["PreviousImageUnknown"]);
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});
