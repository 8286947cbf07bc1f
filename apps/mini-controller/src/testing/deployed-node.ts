import type { KubeObject } from "@upgrade-halt/kube";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { collectionPath, DEPLOYMENTS, HALT_POLICIES, objectPath, PODS, REPLICA_SETS } from "../kube/paths.ts";
import { type Behaviour, CONTAINER, FakeCluster, image, LABELS, NAMESPACE } from "./fake-cluster.ts";
import { TestController } from "./test-controller.ts";

interface DeploymentObject extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

const owned = (kind: string, name: string, uid = "") => ({
  namespace: NAMESPACE,
  ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid, controller: true }],
});

/**
 * A node that a Deployment runs, seen at height 29 by a controller. Its ReplicaSets' pods are made by the test, and what is to be
 * stopped is added to `undo`.
 */
export async function startDeployment(
  undo: (() => Promise<unknown>)[],
  behave: Behaviour,
  policy: object = {},
  { volumes = [] as object[], height = 29 } = {},
) {
  const [cluster, pager] = [new FakeCluster(behave), await PageReceiver.start()];
  undo.push(() => pager.stop());
  const paging = [{ webhook: { url: `${pager.url}/page` } }];
  const spec = { paging, target: { kind: "Deployment" }, ...policy };
  await cluster.addPolicy(spec);
  const ports = [{ name: "rpc", containerPort: 26657 }];
  const podSpecOf = (version: string) => ({
    volumes,
    containers: [{ name: CONTAINER, image: image(version), ports }],
  });
  const specOf = (version: string) => ({
    replicas: 1,
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: podSpecOf(version) },
  });
  const { api } = cluster;
  const deployment = await api.create<KubeObject>(collectionPath(DEPLOYMENTS, NAMESPACE), {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "val", namespace: NAMESPACE } },
    spec: { ...specOf("v6.6"), strategy: { type: "Recreate" } },
  });
  /** Makes a ReplicaSet of an image, and resolves with what makes its pods. */
  const addSet = async (hash: string, version: string, revision: number) => {
    const annotations = { "deployment.kubernetes.io/revision": `${revision}` };
    const set = await api.create<KubeObject>(collectionPath(REPLICA_SETS, NAMESPACE), {
      ...{ apiVersion: "apps/v1", kind: "ReplicaSet", spec: specOf(version) },
      metadata: { name: `val-${hash}`, annotations, ...owned("Deployment", "val", deployment.metadata.uid) },
    });
    return (name: string) =>
      api.create(collectionPath(PODS, NAMESPACE), {
        ...{ kind: "Pod", spec: podSpecOf(version) },
        metadata: {
          name,
          labels: { ...LABELS, "pod-template-hash": hash },
          ...owned("ReplicaSet", `val-${hash}`, set.metadata.uid),
        },
      });
  };
  const addPod = await addSet("abc", "v6.6", 1);
  cluster.height = height;
  await addPod("val-abc-1");
  let later = 0;
  const now = () => Date.now() + later;
  const controller = await new TestController(cluster, { now }).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  const path = objectPath(DEPLOYMENTS, NAMESPACE, "val");
  const imageSet = async () =>
    (await api.get<DeploymentObject>(path)).spec.template.spec.containers[0]?.image;
  const setImage = (version: string) =>
    api.mergePatch(path, { spec: { template: { spec: podSpecOf(version) } } });
  const drain = (name: string) => api.drop(objectPath(PODS, NAMESPACE, name));
  const pass = (ms: number) => {
    later += ms;
    cluster.later = later;
  };
  /** Has the same policy stand under another name, as another release of a chart gives it. */
  const rename = async (changes: object = {}) => {
    await cluster.addPolicy({ ...spec, ...changes }, "validators");
    api.drop(objectPath(HALT_POLICIES, NAMESPACE, "sei"));
  };
  const haltOf = (podName: string) => cluster.halts().find(({ spec }) => spec.podName === podName);
  return { cluster, pager, addPod, addSet, drain, imageSet, setImage, rename, pass, haltOf };
}
