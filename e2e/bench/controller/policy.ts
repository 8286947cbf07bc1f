import { setTimeout as delay } from "node:timers/promises";
import type { HaltPolicy, NodeHalt, NodeRecord } from "@upgrade-halt/mini-controller/api";
import { API_VERSION } from "@upgrade-halt/mini-controller/api";
import { CONTAINER, NODE_LABELS } from "../../harness/fixtures/mock-nodes.ts";
import type { BenchCluster } from "./bench-cluster.ts";
import { CHAIN_ID } from "./chain.ts";
import { HEIGHT, NEW_IMAGE, PLAN } from "./phantom-sets.ts";

/** How long nothing more may be reached. */
const STANDSTILL_MS = 300_000;
/** Looking takes a tenth of the time at most: it may be a list of all nodes. */
const PAUSE = { leastMs: 500, times: 9 } as const;

const collection = (namespace: string, plural: string) =>
  `/apis/${API_VERSION}/namespaces/${namespace}/${plural}`;

/** A policy over every node of a namespace that lists the plan's image for a height and lets all swap at once. */
export async function createPolicy(
  { client }: BenchCluster,
  namespace: string,
  height: number = HEIGHT,
): Promise<void> {
  await client.send({
    method: "POST",
    path: collection(namespace, "haltpolicies"),
    body: {
      apiVersion: API_VERSION,
      kind: "HaltPolicy",
      metadata: { name: "policy" },
      spec: {
        selector: { matchLabels: NODE_LABELS },
        chainId: CHAIN_ID,
        container: CONTAINER,
        allowTags: true,
        maxConcurrent: 10_000,
        upgrades: [{ planName: PLAN, height, image: NEW_IMAGE }],
      },
    },
  });
}

/** Nobody governs the nodes of the namespace any more. */
export async function removePolicy({ client }: BenchCluster, namespace: string): Promise<void> {
  await client.send({
    method: "DELETE",
    path: `${collection(namespace, "haltpolicies")}/policy`,
    body: { apiVersion: "v1", kind: "DeleteOptions" },
  });
}

/** Resolves when the controller has told that it sees this many nodes run. */
export async function untilSeenRunning(
  cluster: BenchCluster,
  namespace: string,
  count: number,
): Promise<void> {
  const path = `${collection(namespace, "haltpolicies")}/policy`;
  await untilCount(cluster, `${namespace}: nodes that the controller sees run`, count, async () => {
    const { status } = await cluster.client.get<HaltPolicy>(path);
    return status?.running ?? 0;
  });
}

/** Resolves when the controller has written down of this many nodes at which height it saw them: a halt of one counts from then on. */
export async function untilSeenAtHeight(
  cluster: BenchCluster,
  namespace: string,
  count: number,
): Promise<void> {
  const path = collection(namespace, "noderecords");
  await untilCount(cluster, `${namespace}: nodes seen at a height`, count, async () => {
    const { items } = await cluster.client.get<{ items: readonly NodeRecord[] }>(path);
    return items.filter(({ status }) => status?.height !== undefined).length;
  });
}

/** Resolves when so many halts are Recovered, to all of them. */
export async function untilRecovered(
  cluster: BenchCluster,
  namespace: string,
  count: number,
): Promise<readonly NodeHalt[]> {
  let halts: readonly NodeHalt[] = [];
  await untilCount(cluster, `${namespace}: halts recovered`, count, async () => {
    const list = await cluster.client.get<{ items: readonly NodeHalt[] }>(collection(namespace, "nodehalts"));
    halts = list.items;
    return halts.filter(({ status }) => status?.phase === "Recovered").length;
  });
  return halts;
}

async function untilCount(
  { signal, progress }: BenchCluster,
  what: string,
  wanted: number,
  count: () => Promise<number>,
): Promise<void> {
  let [most, grewAt] = [-1, performance.now()];
  for (;;) {
    const looked = performance.now();
    const reached = await count();
    progress(`${what}: ${reached} of ${wanted}`);
    if (reached >= wanted) return;
    const now = performance.now();
    if (reached > most) [most, grewAt] = [reached, now];
    if (now - grewAt > STANDSTILL_MS) throw new Error(`waited in vain: ${what}: ${reached} of ${wanted}`);
    await delay(Math.max(PAUSE.leastMs, PAUSE.times * (now - looked)), undefined, { signal });
  }
}
