import { type KubeObject, keyOf, Store } from "@upgrade-halt/kube";
import type { HaltPolicy } from "../api/halt-policy.ts";
import {
  deploymentUIDOf,
  hasEnded,
  isSwapping,
  isUnacknowledgedFailure,
  type NodeHalt,
  type NodeHaltSpec,
  policyNameOf,
} from "../api/node-halt.ts";
import type { NodeRecord } from "../api/node-record.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { namespaceOf } from "../kube/paths.ts";
import { deploymentOfRecord, deploymentRecordName, nodeNameOf } from "./node-name.ts";
import type { Pod } from "./pod.ts";
import { storageKeysOf } from "./storages.ts";

/** The controller's copies of what it watches. */
export interface Stores {
  readonly pods: Store<Pod>;
  readonly policies: Store<HaltPolicy>;
  readonly halts: Store<NodeHalt>;
  readonly records: Store<NodeRecord>;
}

export function createStores(): Stores {
  return {
    pods: new Store<Pod>(podIndex),
    policies: new Store<HaltPolicy>((policy) => [namespaceOf(policy)]),
    halts: new Store<NodeHalt>(haltIndex),
    records: new Store<NodeRecord>(({ status }) =>
      [status?.validatorAddress ?? [], status?.alsoTold ?? []].flat().map(recordsOf.validator),
    ),
  };
}

/** Index values under which records are found: by the validator that the node told it signs as. */
export const recordsOf = {
  validator: (address: string) => `validator ${address}`,
} as const;

/**
 * Index values under which pods are found, besides their namespace: by the node where that is called otherwise, by what controls them
 * and what outlives them, and by their address, which those on the network of one machine share.
 */
export const podsOf = {
  node: (nodeKey: string) => `node ${nodeKey}`,
  controller: (uid: string) => `controller ${uid}`,
  storage: (storage: string) => `storage ${storage}`,
  address: (podIP: string) => `address ${podIP}`,
} as const;

function podIndex(pod: Pod): readonly string[] {
  const { namespace = "", name } = pod.metadata;
  const uid = controllerRefOf(pod)?.uid;
  const node = nodeNameOf(pod);
  const nodes = node === name ? [] : [podsOf.node(`${namespace}/${node}`)];
  const storages = storageKeysOf(pod).map(podsOf.storage);
  const addresses = pod.status?.podIP ? [podsOf.address(pod.status.podIP)] : [];
  const controllers = uid === undefined ? [] : [podsOf.controller(uid)];
  return [namespace, ...nodes, ...controllers, ...storages, ...addresses];
}

/** The copy of a pod that has all that is kept of one, where that is of the version which `head` tells. */
export function wholeCopy(pods: Store<Pod>, head: KubeObject): Pod | undefined {
  const { uid, resourceVersion } = head.metadata;
  const pod = pods.get(keyOf(head));
  if (pod === undefined || pod.isCut || uid === undefined || resourceVersion === undefined) return undefined;
  return pod.metadata.uid === uid && pod.metadata.resourceVersion === resourceVersion ? pod : undefined;
}

/** The records that may be of the node whose record has this key: a Deployment's was once called as that, and a pod may have either name. */
export function recordsAt(key: string, records: Store<NodeRecord>): readonly NodeRecord[] {
  const older = deploymentOfRecord(key);
  return [key, ...(older === undefined ? [] : [older])].flatMap((name) => records.get(name) ?? []);
}

/** The pods of a record's node: the one of its name, or those that its Deployment named anew. */
export function podsOfRecord(
  record: NodeRecord,
  { pods, records }: Pick<Stores, "pods" | "records">,
): readonly Pod[] {
  const key = keyOf(record);
  const named = pods.get(key);
  const isReplaced = records.get(deploymentRecordName(key)) !== undefined;
  const deployment = deploymentOfRecord(key) ?? (isReplaced ? undefined : key);
  return [
    ...(named === undefined ? [] : [named]),
    ...(deployment === undefined ? [] : pods.under(podsOf.node(deployment))),
  ];
}

/** Index values under which the halts of a pod, of a policy or of a namespace are found. */
export const haltsOf = {
  namespace: (namespace: string) => `namespace ${namespace}`,
  pod: (podKey: string) => `pod ${podKey}`,
  deployment: (uid: string) => `deployment ${uid}`,
  swapping: (namespace: string) => `swapping ${namespace}`,
  failed: (namespace: string) => `failed ${namespace}`,
  waiting: (policyKey: string) => `waiting ${policyKey}`,
} as const;

function haltIndex(halt: NodeHalt): readonly string[] {
  const namespace = namespaceOf(halt);
  const policy = `${namespace}/${policyNameOf(halt)}`;
  const deployment = deploymentUIDOf(halt.spec);
  const always = [
    haltsOf.namespace(namespace),
    haltsOf.pod(`${namespace}/${halt.spec.podName}`),
    ...(deployment === undefined ? [] : [haltsOf.deployment(deployment)]),
  ];
  if (isSwapping(halt)) return [...always, haltsOf.swapping(namespace)];
  if (!hasEnded(halt)) return [...always, haltsOf.waiting(policy)];
  return isUnacknowledgedFailure(halt) ? [...always, haltsOf.failed(namespace)] : always;
}

/** The journals of a halt's node, by whichever name its pods had. */
export function haltsOfNode(podKey: string, spec: NodeHaltSpec, halts: Store<NodeHalt>): readonly NodeHalt[] {
  const deployment = deploymentUIDOf(spec);
  const others = deployment === undefined ? [] : halts.under(haltsOf.deployment(deployment));
  return [...new Set([...halts.under(haltsOf.pod(podKey)), ...others])];
}

/** Key of the policy that a halt is under. */
export function policyKeyOf(halt: NodeHalt): string {
  return `${namespaceOf(halt)}/${policyNameOf(halt)}`;
}

/** Key of the pod that a halt was seen in. */
export function podKeyOf({ metadata, spec }: Pick<NodeHalt, "metadata" | "spec">): string {
  return `${namespaceOf({ metadata })}/${spec.podName}`;
}
