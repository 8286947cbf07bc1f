import { matchesSelector } from "../api/label-selector.ts";
import { containerStatus, imageOf, type NodeNames, templateImage } from "../events/watcher.ts";
import { arrayAt, at, numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { controllerReference } from "../json/owners.ts";
import type { NodeView } from "../scenario/situation.ts";

/** A node of a given cluster, and where it serves `/status`. */
export type GivenNode = NodeView & { readonly rpcPort: number };

const RPC_PORT = 26657;
/** Made once: to make it takes longer than to sort by it. */
const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/** The oldest first, of the same age by name: the first that selects a pod governs it. */
export function oldestFirst(policies: readonly KubeObject[]): readonly KubeObject[] {
  const age = (policy: KubeObject): string =>
    `${stringAt(policy, "metadata", "creationTimestamp")} ${policy.metadata.name}`;
  return policies.toSorted((left, right) => age(left).localeCompare(age(right)));
}

function policyOf(object: KubeObject, policies: readonly KubeObject[]): KubeObject | undefined {
  return policies.find((policy) => matchesSelector(at(policy, "spec", "selector"), object));
}

/** A pod's name is its node's: a set may have several. The container is the one that the governing policy names. */
export function namesIn(policies: () => readonly KubeObject[]): NodeNames {
  const labelled = (object: KubeObject): KubeObject => {
    const template = at(object, "spec", "template", "metadata");
    return template === undefined ? object : { ...object, metadata: template as KubeObject["metadata"] };
  };
  return {
    ofPod: (pod) => pod.metadata.name,
    ofHalt: (halt) => stringAt(halt, "spec", "podName") ?? "",
    containerOf: (object) => stringAt(policyOf(labelled(object), policies()), "spec", "container") ?? "",
  };
}

export interface Seen {
  readonly pods: readonly KubeObject[];
  readonly sets: readonly KubeObject[];
  readonly halts: readonly KubeObject[];
  readonly policies: readonly KubeObject[];
}

/** Every pod that a policy selects, and every other of which a halt is recorded. */
export function givenNodes({ pods, sets, halts, policies }: Seen): readonly GivenNode[] {
  const selected = pods.flatMap((pod) => {
    const policy = policyOf(pod, policies);
    return policy === undefined ? [] : [nodeOf(pod, sets, policy)];
  });
  const names = new Set(selected.map(({ node }) => node));
  const halted = new Set(halts.map((halt) => stringAt(halt, "spec", "podName") ?? ""));
  const others = [...halted].filter((name) => name !== "" && !names.has(name)).map(unseen);
  return [...selected, ...others].toSorted((left, right) => BY_NUMBER.compare(left.node, right.node));
}

/** A node whose pod is not seen: it is gone, no policy selects it any more, or one of the two may not be read. */
function unseen(node: string): GivenNode {
  return {
    ...{ node, wantedImage: "", podImage: "", podUid: "", podIp: "", pid: 0, height: 0, generation: 0 },
    ...{ isReady: false, isRunning: false, exitCode: undefined, restartCount: 0, rpcPort: RPC_PORT },
  };
}

function nodeOf(pod: KubeObject, sets: readonly KubeObject[], policy: KubeObject): GivenNode {
  const container = stringAt(policy, "spec", "container") ?? "";
  const owner = controllerReference(pod);
  const set = sets.find((one) => one.metadata.uid === stringAt(owner, "uid"));
  const status = containerStatus(pod, container);
  const portName = stringAt(policy, "spec", "rpcPort") ?? "rpc";
  const port = arrayAt(pod, "spec", "containers")
    .filter((one) => at(one, "name") === container)
    .flatMap((one) => arrayAt(one, "ports"))
    .find((one) => at(one, "name") === portName);
  const podImage = imageOf(pod, container);
  return {
    node: pod.metadata.name,
    wantedImage: set === undefined ? podImage : templateImage(set, container),
    podImage,
    podUid: stringAt(pod, "metadata", "uid") ?? "",
    isReady: at(status, "ready") === true,
    isRunning: at(status, "state", "running") !== undefined,
    exitCode: numberAt(status, "state", "terminated", "exitCode"),
    restartCount: numberAt(status, "restartCount") ?? 0,
    pid: 0,
    height: 0,
    podIp: stringAt(pod, "status", "podIP") ?? "",
    generation: numberAt(set, "metadata", "generation") ?? 0,
    rpcPort: numberAt(port, "containerPort") ?? RPC_PORT,
  };
}
