import type { KubeApi } from "@upgrade-halt/kube";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import { CustomResourceWorkload } from "./custom-resource.ts";
import { DeploymentWorkload } from "./deployment.ts";
import { StatefulSetWorkload } from "./stateful-set.ts";
import type { WorkloadKind } from "./workload.ts";

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

  /** By what the journal says, so that a swap is finished as it was begun. */
  ofRef({ kind, apiVersion }: WorkloadRef): WorkloadKind {
    if (apiVersion !== "apps/v1") return this.#kinds.CustomResource;
    return kind === "Deployment" ? this.#kinds.Deployment : this.#kinds.StatefulSet;
  }
}
