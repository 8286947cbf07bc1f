import type { KubeObject } from "@upgrade-halt/kube";
import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { ANNOTATION_ABORT } from "./api/group.ts";
import { collectionPath, DEPLOYMENTS, NODE_HALTS, objectPath, PODS, REPLICA_SETS } from "./kube/paths.ts";
import {
  type Behaviour,
  CONTAINER,
  FakeCluster,
  image,
  LABELS,
  NAMESPACE,
  onePlan,
} from "./testing/fake-cluster.ts";
import { PageReceiver } from "./testing/page-receiver.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface DeploymentObject extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

const owned = (kind: string, name: string, uid = "") => ({
  namespace: NAMESPACE,
  ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid, controller: true }],
});

/** A node that a Deployment runs, seen at height 29 by a controller. Its ReplicaSet's pods are made by the test. */
async function startDeployment(behave: Behaviour, policy: object = {}) {
  const [cluster, pager] = [new FakeCluster(behave), await PageReceiver.start()];
  undo.push(() => pager.stop());
  const paging = [{ webhook: { url: `${pager.url}/page` } }];
  await cluster.addPolicy({ paging, target: { kind: "Deployment" }, ...policy });
  const ports = [{ name: "rpc", containerPort: 26657 }];
  const containers = [{ name: CONTAINER, image: image("v6.6"), ports }];
  const spec = {
    replicas: 1,
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: { containers } },
  };
  const { api } = cluster;
  const deployment = await api.create<KubeObject>(collectionPath(DEPLOYMENTS, NAMESPACE), {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "val", namespace: NAMESPACE } },
    spec: { ...spec, strategy: { type: "Recreate" } },
  });
  const replicaSet = await api.create<KubeObject>(collectionPath(REPLICA_SETS, NAMESPACE), {
    ...{ apiVersion: "apps/v1", kind: "ReplicaSet", spec },
    metadata: { name: "val-abc", ...owned("Deployment", "val", deployment.metadata.uid) },
  });
  const addPod = (name: string) =>
    api.create(collectionPath(PODS, NAMESPACE), {
      ...{ kind: "Pod", spec: { containers } },
      metadata: { name, labels: LABELS, ...owned("ReplicaSet", "val-abc", replicaSet.metadata.uid) },
    });
  cluster.height = 29;
  await addPod("val-abc-1");
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  const imageSet = async () => {
    const { spec } = await api.get<DeploymentObject>(objectPath(DEPLOYMENTS, NAMESPACE, "val"));
    return spec.template.spec.containers[0]?.image;
  };
  const drain = (name: string) => cluster.api.drop(objectPath(PODS, NAMESPACE, name));
  return { cluster, pager, addPod, drain, imageSet };
}

test("what a person aborted of a Deployment's node stays so for the pod that comes after it, of another name", async () => {
  const { cluster, addPod, drain, imageSet } = await startDeployment(onePlan, { paused: true });
  cluster.reach(30);
  const said = (reason: string) => () => cluster.halts().find(({ status }) => status?.reason === reason);
  const halt = await until("the halt to be held", said("Paused"));
  await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, halt.metadata.name), {
    metadata: { annotations: { [ANNOTATION_ABORT]: "yes" } },
  });
  await cluster.changePolicy({ paused: false });
  await until("the halt to be aborted", said("Aborted"));

  drain("val-abc-1");
  await addPod("val-abc-2");

  const next = await until("the next pod's halt to be held", said("AbortedBefore"));
  expect(next.status?.message).toContain(`NodeHalt ${halt.metadata.name}`);
  expect(await imageSet()).toBe(image("v6.6"));
});

test("a halt that is a person's is told once, however often a Deployment makes its pod anew", async () => {
  const { cluster, pager, addPod, drain } = await startDeployment((_, height) =>
    height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  for (const number of [2, 3]) {
    drain(`val-abc-${number - 1}`);
    await addPod(`val-abc-${number}`);
    const name = `val-abc-${number}`;
    const hasHalted = () =>
      cluster.pods().find(({ metadata }) => metadata.name === name)?.status?.phase === "Failed";
    await until("the next pod to have halted", hasHalted);
  }
  // A node of its own, whose halt comes through after all that.
  await cluster.addNode("sei-0");
  await until("its page", () => pager.keys().length > 1);

  expect(
    cluster
      .halts()
      .map(({ spec }) => spec.podName)
      .toSorted(),
  ).toEqual(["sei-0-0", "val-abc-1"]);
});

test("the page of a Deployment's pod that is gone stands for the pods after it until one runs, and the next halt is told", async () => {
  let isHalting = true;
  const { cluster, pager, addPod, drain } = await startDeployment((_, height) =>
    isHalting && height >= 30 ? 72 : undefined,
  );
  cluster.failedPods = true;
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);
  drain("val-abc-1");
  await addPod("val-abc-2");
  await until("the next pod to have halted", () => cluster.pods()[0]?.status?.phase === "Failed");
  expect(pager.resolvedKeys()).toEqual([]);

  isHalting = false;
  drain("val-abc-2");
  await addPod("val-abc-3");
  await until("the page to be over", () => {
    cluster.reach(cluster.height + 1);
    return pager.resolvedKeys().length === 1;
  });
  expect(pager.resolvedKeys()).toEqual(pager.keys());

  isHalting = true;
  drain("val-abc-3");
  await addPod("val-abc-4");
  await until("the page about the next halt", () => pager.keys().length === 2);
  expect(cluster.halts().map(({ spec }) => spec.podName)).toEqual(["val-abc-1", "val-abc-4"]);
});

test("a halt that waits for its image is told once, however often a Deployment makes its pod anew, and swapped once it is listed", async () => {
  const { cluster, pager, addPod, drain, imageSet } = await startDeployment(onePlan, {
    upgrades: [],
    maxConcurrent: 1,
  });
  cluster.reach(30);
  await until("the page", () => pager.keys().length === 1);

  for (const number of [2, 3]) {
    drain(`val-abc-${number - 1}`);
    await addPod(`val-abc-${number}`);
    await until("the journal of the pod before to have ended, and the next one's to wait", () => {
      const [before, next] = [number - 1, number].map((of) =>
        cluster.halts().find(({ spec }) => spec.podName === `val-abc-${of}`),
      );
      return before?.status?.reason === "ToldAnew" && next?.status?.reason === "ImageMappingMissing";
    });
  }
  expect([pager.keys().length, pager.resolvedKeys()]).toEqual([1, []]);
  const standing = cluster.halts().filter(({ status }) => status?.page !== undefined);
  expect(standing.map(({ spec, status }) => [spec.podName, status?.page?.key])).toEqual([
    ["val-abc-3", pager.keys()[0]],
  ]);

  await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
  await until("the image to be set", async () => (await imageSet()) === image("v6.7"));
  expect(cluster.halts().map(({ status }) => status?.phase)).toEqual([
    "Withdrawn",
    "Withdrawn",
    "Recreating",
  ]);
});
