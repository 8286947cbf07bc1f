import type { Strategy } from "../model/pod-group.ts";
import type { TemplatedWorkload } from "./pod-template.ts";

export interface Deployment extends TemplatedWorkload {
  readonly spec: TemplatedWorkload["spec"] & { readonly strategy?: { readonly type?: string } };
}

/** How a Deployment replaces its pods: new ones come beside the old unless it says otherwise, as Kubernetes does. */
export function deploymentStrategy({ spec }: Deployment): Strategy {
  const kind = spec.strategy?.type === "Recreate" ? "Recreate" : "Surge";
  return { kind, replicas: spec.replicas ?? 1 };
}
