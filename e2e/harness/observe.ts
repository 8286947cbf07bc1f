import type { CoreV1Event, V1ContainerStatus, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { REACH_BLOCKS } from "@upgrade-halt/consumer";
import type {
  HaltPolicy,
  NodeHalt,
  NodeRecord,
  NodeRecordStatus,
  Phase,
} from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { CONTAINER } from "./fixtures/mock-nodes.ts";
import { LOOK_MS } from "./look.ts";
import type { Testbed } from "./testbed.ts";

const RESOURCES = { group: "upgrade-halt.dev", version: "v1alpha1" } as const;

/** The namespace's journals. */
export async function haltsIn({ api, namespace }: Testbed): Promise<NodeHalt[]> {
  const list = await api.custom.listNamespacedCustomObject({ ...RESOURCES, namespace, plural: "nodehalts" });
  return list.items;
}

export async function policyIn({ api, namespace }: Testbed, name = "policy"): Promise<HaltPolicy> {
  return api.custom.getNamespacedCustomObject({
    ...RESOURCES,
    namespace,
    plural: "haltpolicies",
    name,
  });
}

/** Waits until the controller's status of the policy is about its spec as it is now. */
export async function untilPolicySeen(testbed: Testbed): Promise<void> {
  await until(
    "the controller to see the policy's change",
    async () => {
      const { metadata, status } = await policyIn(testbed);
      return status?.conditions?.every(
        ({ observedGeneration }) => observedGeneration === metadata.generation,
      );
    },
    { every: LOOK_MS },
  );
}

/** A condition of a policy, if it has it yet. */
export async function conditionOf(testbed: Testbed, type: string, policy?: string) {
  const { status } = await policyIn(testbed, policy);
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Waits until the newest halt (of `reason`, if given) of a node's pod or workload is in one of `phases`. */
export async function haltOf(
  testbed: Testbed,
  node: string,
  phases: Phase | readonly Phase[],
  { reason, within, every = LOOK_MS }: { reason?: string; within?: number; every?: number } = {},
): Promise<NodeHalt> {
  const wanted = [phases].flat();
  return until(
    `a halt of ${node} to be ${wanted.join(" or ")}`,
    async () =>
      (await haltsIn(testbed)).findLast(
        ({ spec, status }) =>
          (spec.podName === `${node}-0` || spec.workload?.name === node) &&
          (reason === undefined || spec.reason === reason) &&
          status?.phase !== undefined &&
          wanted.includes(status.phase),
      ),
    { every, within, explain: () => describe(testbed) },
  );
}

/** What is there when a wait was in vain: the halts with how they stand, and the pods with what their nodes said last. */
export async function describe(testbed: Testbed): Promise<string> {
  const halts = (await haltsIn(testbed)).map(({ spec, status }) => {
    const { phase, reason, message, steps } = status ?? {};
    return `${spec.podName}: ${spec.reason}, ${phase} ${reason}: ${message} ${JSON.stringify(steps)}`;
  });
  return `NodeHalts: ${halts.join("\n") || "none"}\n${await describePods(testbed)}`;
}

async function describePods({ api, namespace }: Testbed): Promise<string> {
  const { items } = await api.core.listNamespacedPod({ namespace });
  const lines = items.map(async ({ metadata, status }) => {
    const name = metadata?.name ?? "";
    const log = await api.core
      .readNamespacedPodLog({ namespace, name, container: CONTAINER, tailLines: 30 })
      .catch(String);
    return `${name}: ${JSON.stringify(status?.containerStatuses)}\n${log}`;
  });
  return `Pods: ${(await Promise.all(lines)).join("\n") || "none"}`;
}

export function setOf({ api, namespace }: Testbed, node: string): Promise<V1StatefulSet> {
  return api.apps.readNamespacedStatefulSet({ namespace, name: node });
}

export function podOf({ api, namespace }: Testbed, node: string): Promise<V1Pod> {
  return api.core.readNamespacedPod({ namespace, name: `${node}-0` });
}

/** What the kubelet says about a node's own container. */
export async function containerOf(testbed: Testbed, node: string): Promise<V1ContainerStatus> {
  const { status } = await podOf(testbed, node);
  const container = status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  if (!container) throw new Error(`${node}-0 has no status of ${CONTAINER} yet`);
  return container;
}

/** The image that a node's StatefulSet says. */
export async function imageInSet(testbed: Testbed, node: string): Promise<string | undefined> {
  const set = await setOf(testbed, node);
  return set.spec?.template.spec?.containers.find(({ name }) => name === CONTAINER)?.image;
}

/** The image that a node's pod runs, or ran. */
export async function imageInPod(testbed: Testbed, node: string): Promise<string | undefined> {
  const pod = await podOf(testbed, node);
  return pod.spec?.containers.find(({ name }) => name === CONTAINER)?.image;
}

/** The height that a node tells on its `/status`. */
export async function heightOf(testbed: Testbed, node: string): Promise<number> {
  const { status } = await podOf(testbed, node);
  const response = await fetch(`http://${status?.podIP}:26657/status`, { signal: AbortSignal.timeout(2000) });
  const body = (await response.json()) as { sync_info: { latest_block_height: string } };
  return Number(body.sync_info.latest_block_height);
}

/** Waits until a node is past a height. */
export async function untilPast(testbed: Testbed, node: string, height: number): Promise<number> {
  return until(
    `${node} to pass height ${height}`,
    async () => {
      const now = await heightOf(testbed, node);
      return now > height && now;
    },
    { explain: () => describePods(testbed) },
  );
}

/** Waits until the controller has recorded that a node makes blocks on `image`: then it can be rolled back to that. */
export async function untilRecorded(testbed: Testbed, node: string, image: string): Promise<void> {
  await untilRecord(testbed, node, `on ${image}`, ({ images }) => images?.[0]?.image === image);
}

/** Waits until the controller has recorded that a node came within reach of `height`: then its halt there is believed. */
export async function untilNear(testbed: Testbed, node: string, height: number): Promise<void> {
  await untilRecord(
    testbed,
    node,
    `near height ${height}`,
    (seen) => (seen.height ?? 0) >= height - REACH_BLOCKS,
  );
}

/** What the controller wrote down of the namespace's nodes. */
export async function recordsIn({ api, namespace }: Testbed): Promise<readonly NodeRecord[]> {
  const list = await api.custom.listNamespacedCustomObject({
    ...RESOURCES,
    namespace,
    plural: "noderecords",
  });
  return list.items;
}

async function untilRecord(
  testbed: Testbed,
  node: string,
  what: string,
  fits: (status: NodeRecordStatus) => boolean,
): Promise<void> {
  await until(
    `${node} to be recorded ${what}`,
    async () =>
      (await recordsIn(testbed)).some(
        ({ spec, status }) => spec.node === node && status !== undefined && fits(status),
      ),
    { every: LOOK_MS, explain: () => describe(testbed) },
  );
}

/** Waits until that many different pages have arrived, and tells how often each did. */
export async function deliveriesOf({ pager }: Testbed, pages: number): Promise<readonly number[]> {
  await until(`${pages} pages`, () => pager.countByKey().size >= pages);
  return [...pager.countByKey().values()];
}

/** The Events of the namespace with a reason. */
export async function eventsFor(
  { api, namespace }: Testbed,
  reason: string,
): Promise<readonly CoreV1Event[]> {
  const { items } = await api.core.listNamespacedEvent({ namespace });
  return items.filter((event) => event.reason === reason);
}
