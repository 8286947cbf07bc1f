import type { V1Pod } from "@kubernetes/client-node";
import { REACH_BLOCKS } from "@upgrade-halt/consumer";
import { until } from "@upgrade-halt/testing";
import { startController } from "./controller.ts";
import { CONTAINER, type NodeOptions } from "./fixtures/mock-nodes.ts";
import { LOOK_MS } from "./look.ts";
import { describe, recordsIn } from "./observe.ts";
import { createNode, plansIn } from "./operator.ts";
import type { Testbed } from "./testbed.ts";

/**
 * Runs one mock node, as a StatefulSet of one, and lets it come to the first plan of its namespace. Nothing is done to a
 * node that was never seen near its plan, so it waits right before that until the controller has seen it: however slow the
 * machine is, and however fast the chain.
 */
export async function createHaltingNode(testbed: Testbed, name: string, options: NodeOptions): Promise<void> {
  const height = await firstPlanIn(testbed);
  await createNode(testbed, name, { ...options, holdAt: [height] });
  await letHalt(testbed, name, height);
}

/** The same of a node that a controller sees near its plan, and that halts while none runs. */
export async function createUnwatchedNode(
  testbed: Testbed,
  name: string,
  options: NodeOptions,
): Promise<void> {
  const height = await firstPlanIn(testbed);
  await createNode(testbed, name, { ...options, holdAt: [height] });
  const controller = await startController(testbed);
  await untilSeenNear(testbed, name, height);
  await controller.stop();
  await letGoOn(testbed, name);
}

/** The height of the first plan that the namespace's nodes have. */
async function firstPlanIn(testbed: Testbed): Promise<number> {
  const [first] = await plansIn(testbed);
  if (first === undefined) throw new Error(`namespace ${testbed.namespace} has no plans`);
  return first.height;
}

/**
 * Lets a node's pods (or one pod, by its own name) make the block of `height`, before which they wait, once the controller
 * has seen each of them near it.
 */
export async function letHalt(testbed: Testbed, name: string, height: number, reach?: number): Promise<void> {
  await untilSeenNear(testbed, name, height, reach);
  await letGoOn(testbed, name);
}

/** Waits until the controller has written down that the pods of a node came within reach of `height`. */
export async function untilSeenNear(
  testbed: Testbed,
  name: string,
  height: number,
  reach = REACH_BLOCKS,
): Promise<void> {
  const lowest = Math.max(1, height - reach);
  await until(
    `the controller to have seen ${name} near height ${height}`,
    async () => {
      const [pods, records] = await Promise.all([podsOf(testbed, name), recordsIn(testbed)]);
      const isSeen = ({ metadata }: V1Pod) =>
        records.some(({ status }) => status?.podUID === metadata?.uid && (status?.height ?? 0) >= lowest);
      return pods.length > 0 && pods.every(isSeen);
    },
    { every: LOOK_MS, explain: () => describe(testbed) },
  );
}

/** Lets the pods of a node that serve make the block before which they wait, or would. */
export async function letGoOn(testbed: Testbed, name: string): Promise<void> {
  // Of a process that only starts the signal would be the end.
  const serving = await until(
    `a pod of ${name} to be ready`,
    async () => {
      const containers = (await podsOf(testbed, name)).flatMap(
        ({ status }) => status?.containerStatuses ?? [],
      );
      const ready = containers.filter((one) => one.name === CONTAINER && one.ready);
      return ready.length > 0 && ready;
    },
    { every: LOOK_MS, explain: () => describe(testbed) },
  );
  // The kubelet of every target runs it on this machine.
  for (const { containerID } of serving)
    process.kill(Number(containerID?.replace("process://", "")), "SIGUSR2");
}

/** The pods of a node, or the one pod of that name, that are not on their way out. */
async function podsOf({ api, namespace }: Testbed, name: string): Promise<readonly V1Pod[]> {
  const { items } = await api.core.listNamespacedPod({ namespace });
  return items.filter(
    ({ metadata }) =>
      metadata?.deletionTimestamp === undefined &&
      (metadata?.name === name || metadata?.labels?.["sei.io/node"] === name),
  );
}
