import { controllerRefOf } from "../kube/owner-reference.ts";
import type { Pod } from "./pod.ts";

/** A node's name within its namespace: its pod's, or that of the Deployment whose ReplicaSets name pods anew. */
export function nodeNameOf(pod: Pod): string {
  const owner = controllerRefOf(pod);
  return owner?.kind === "ReplicaSet" ? owner.name.slice(0, owner.name.lastIndexOf("-")) : pod.metadata.name;
}
