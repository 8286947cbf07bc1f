import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { PODS, REPLICA_SETS } from "../client/resource-path.ts";
import { EventRecorder } from "../kubelet/event-recorder.ts";
import { ClaimLoop } from "./claim-loop.ts";
import { DeploymentLoop } from "./deployment-loop.ts";
import { ReplicaSetLoop } from "./replica-set-loop.ts";
import { RootCaPublisher } from "./root-ca-publisher.ts";
import { Scheduler } from "./scheduler.ts";
import { StatefulSetLoop } from "./stateful-set-loop.ts";

/**
 * Starts the loops that stand for kube-controller-manager and kube-scheduler; they end with `signal`.
 * `schedulers` are names beside the default one whose pods are bound too.
 */
export async function startWorkloads(
  client: ApiClient,
  signal: AbortSignal,
  schedulers: readonly string[] = [],
): Promise<void> {
  const events = new EventRecorder(client, "statefulset-controller", "", Date.now);
  const pods = new ResourceCache(client, PODS);
  const replicaSets = new ResourceCache(client, REPLICA_SETS);
  new ReplicaSetLoop(client, replicaSets, pods).start(signal);
  const loops = [
    new StatefulSetLoop(client, events, pods),
    new Scheduler(client, pods, schedulers),
    new ClaimLoop(client, pods),
    new RootCaPublisher(client),
    new DeploymentLoop(client, replicaSets, pods),
  ];
  await Promise.all([pods.start(signal), replicaSets.start(signal)]);
  await Promise.all(loops.map((loop) => loop.start(signal)));
}
