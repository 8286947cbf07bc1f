import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { type Api, connect, isStatus } from "./api.ts";
import { openRequest } from "./raw-request.ts";

/** Milliseconds between watches when one failed. */
const RETRY = 200;

export interface SchedulerOptions {
  /** The one node that every pod goes to. */
  readonly node: string;
  /** Only pods that name this scheduler; all unbound pods when it is left out. */
  readonly schedulerName?: string;
}

export interface Scheduler {
  stop(): Promise<void>;
}

/**
 * Stands in for kube-scheduler where a cluster has a single node: each pod without a node is bound to it through
 * `pods/binding`, as the scheduler does, the moment its watch shows it.
 */
export function startScheduler(kubeconfig: string, options: SchedulerOptions): Scheduler {
  const over = new AbortController();
  const done = keepBinding(connect(kubeconfig), options, over.signal);
  return {
    async stop() {
      over.abort();
      await done;
    },
  };
}

/** Watches again whenever a watch ends or fails, until it is stopped: what it misses, the next watch shows first. */
async function keepBinding(api: Api, options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await bindUntilCut(api, options, signal).catch(() => delay(RETRY, undefined, { signal }).catch(() => {}));
  }
}

/** One watch from its start (which shows every unbound pod there is) to its end. */
async function bindUntilCut(api: Api, options: SchedulerOptions, signal: AbortSignal): Promise<void> {
  const selectors = [
    "spec.nodeName=",
    ...(options.schedulerName ? [`spec.schedulerName=${options.schedulerName}`] : []),
  ];
  const query = new URLSearchParams({ watch: "1", fieldSelector: selectors.join(",") });
  const watch = await openRequest(api.config, { method: "GET", path: `/api/v1/pods?${query}` }, signal);
  if (watch.statusCode !== 200) throw new Error(`watch on pods answered ${watch.statusCode}`);
  for await (const line of createInterface(watch)) {
    const event: { type: string; object: V1Pod } = JSON.parse(line);
    if (event.type === "ADDED") await bind(api, event.object, options.node);
  }
}

async function bind(api: Api, pod: V1Pod, node: string): Promise<void> {
  const { name, namespace, uid } = pod.metadata ?? {};
  if (!name || !namespace || !uid) return;
  const target = { apiVersion: "v1", kind: "Node", name: node };
  try {
    await api.core.createNamespacedPodBinding({ name, namespace, body: { metadata: { name, uid }, target } });
  } catch (error) {
    if (!isStatus(error, 404) && !isStatus(error, 409)) throw error;
  }
}
