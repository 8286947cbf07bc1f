import type { KubeApi } from "@upgrade-halt/kube";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { CustomResourceWorkload } from "./custom-resource.ts";
import { DeploymentWorkload } from "./deployment.ts";
import { isOwnerIn } from "./owner.ts";
import { isSameKind } from "./same-kind.ts";
import { StatefulSetWorkload } from "./stateful-set.ts";
import type { WorkloadKind, WorkloadTarget } from "./workload.ts";

/** The kinds of workload that can be a target. */
export class Workloads {
  readonly #kinds: Readonly<Record<HaltPolicySpec["target"]["kind"], WorkloadKind>>;

  constructor(api: KubeApi) {
    this.#kinds = {
      StatefulSet: new StatefulSetWorkload(api),
      Deployment: new DeploymentWorkload(api),
      CustomResource: new CustomResourceWorkload(api),
    };
  }

  ofPolicy({ target }: HaltPolicySpec): WorkloadKind {
    return this.#kinds[target.kind];
  }

  /**
   * The object that the journal says, so that a swap is finished as it was begun. What a policy that governs now does not
   * name is left alone: whoever wrote it was asked for the rights on what it names, and on nothing else.
   */
  async read(target: WorkloadTarget): Promise<WorkloadSight> {
    const { ref, namespace, policy } = target;
    if (policy === undefined || isNamedBy(policy.spec, ref)) return await this.#ofRef(ref).read(target);
    const why = `HaltPolicy ${policy.metadata.name} no longer says that the image is set in a ${ref.kind}.`;
    return { kind: "disowned", what: `${ref.kind} ${namespace}/${ref.name}`, why };
  }

  #ofRef({ kind, apiVersion }: WorkloadRef): WorkloadKind {
    if (apiVersion !== "apps/v1") return this.#kinds.CustomResource;
    return kind === "Deployment" ? this.#kinds.Deployment : this.#kinds.StatefulSet;
  }
}

function isNamedBy({ target: { kind, customResource } }: HaltPolicySpec, ref: WorkloadRef): boolean {
  if (kind !== "CustomResource") return ref.apiVersion === "apps/v1" && ref.kind === kind;
  return customResource !== undefined && (isSameKind(customResource, ref) || isOwnerIn(customResource, ref));
}
