import { PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { type Api, connect } from "../harness/api.ts";
import { rawRequest } from "../harness/raw-request.ts";
import { CASES, type Case, CONTAINER } from "./cases.ts";
import type { RealNode } from "./node.ts";

const NAMESPACE = "default";
/** Keeps a deleted pod where it can be read. */
const FINALIZER = "upgrade-halt.dev/to-be-read";

/** Brings a pod into each state of `CASES` on a real node; the pods, in that order, as `kubectl get -o json` has them. */
export async function livePods(kubeconfig: string, node: RealNode): Promise<ReadonlyMap<string, V1Pod>> {
  const api = connect(kubeconfig);
  const pods = new Map<string, V1Pod>();
  const bringAll = (cases: readonly (readonly [string, Case])[]) =>
    Promise.all(cases.map(async ([title, one]) => pods.set(title, await bring(api, node, title, one))));
  const { lost = [], others = [] } = Object.groupBy(Object.entries(CASES), ([, { once }]) =>
    once === "lost" ? "lost" : "others",
  );
  await bringAll(others);
  // They take the kubelet from the others.
  await bringAll(lost);
  return new Map(Object.keys(CASES).flatMap((title) => [[title, pods.get(title) ?? {}]]));
}

/** The name of the pod of a case. */
export function podName(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")
    .slice(0, 50);
}

async function bring(api: Api, node: RealNode, title: string, { spec, isThere, once }: Case): Promise<V1Pod> {
  const name = podName(title);
  const body = {
    metadata: { name, ...(once === "deleted" && { finalizers: [FINALIZER] }) },
    spec: { ...spec, ...(spec.schedulerName === undefined && { nodeName: node.name }) },
  };
  await api.core.createNamespacedPod({ namespace: NAMESPACE, body });
  const seen = (holds: (pod: V1Pod) => boolean) => {
    let pod: V1Pod | undefined;
    const look = async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}`;
      pod = JSON.parse((await rawRequest(api.config, { method: "GET", path })).text) as V1Pod;
      return holds(pod) && pod;
    };
    const explain = () => JSON.stringify(pod?.status, null, 2);
    return until(`a pod that is ${title}`, look, { within: 90_000, explain });
  };
  if (once === undefined) return seen(isThere);

  const ready = await seen(isReady);
  if (once === "lost") await node.loseContainer(containerId(ready));
  else await api.core.deleteNamespacedPod({ name, namespace: NAMESPACE });
  const pod = await seen(isThere);
  if (once === "deleted") await release(api, name);
  return pod;
}

function containerId({ status }: V1Pod): string {
  const found = status?.containerStatuses?.find(({ name }) => name === CONTAINER)?.containerID;
  return found?.replace("containerd://", "") ?? "";
}

export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

async function release(api: Api, name: string): Promise<void> {
  const asMerge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
  const body = { metadata: { finalizers: null } };
  await api.core.patchNamespacedPod({ name, namespace: NAMESPACE, body }, asMerge);
}
