import type { Observer } from "../invariants/observer.ts";
import { isControlledBy, PATHS, type Pod, type Stored } from "./objects.ts";

/** Pods that a workload made, itself or by a ReplicaSet or StatefulSet of its own. */
export function podsOf({ metadata }: Stored, observer: Observer): readonly Pod[] {
  const { nodes, deployments, sets } = observer.workloads();
  const makers = new Set([metadata.uid]);
  // From owners down: each is asked once all above it are known.
  for (const one of [...nodes, ...deployments, ...sets])
    if ([...makers].some((uid) => isControlledBy(uid)(one))) makers.add(one.metadata.uid);
  return observer.truth
    .all<Pod>(PATHS.pods)
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid, controller }) => controller && makers.has(uid)),
    );
}
