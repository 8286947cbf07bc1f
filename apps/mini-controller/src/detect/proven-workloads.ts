import { REACH_BLOCKS } from "@upgrade-halt/consumer";
import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { WorkloadRef } from "../api/node-halt.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { isNear } from "../model/height-reach.ts";
import { type Pod, provenanceOf } from "../model/pod.ts";
import type { Workloads } from "../workloads/workloads.ts";

interface Proof {
  /** What of the pod it rests on. */
  readonly of: string;
  /** `undefined` until it is read, where it can't be, and where the pod has no such workload. */
  ref: WorkloadRef | undefined;
}

/**
 * Which StatefulSets made the pods that are about to halt, proven while they still run: a halt is recorded at once then. It is
 * proven anew beside the record, and right before each effect. Other kinds are read up a chain of owners, of which a reading of
 * the workload does not prove all again.
 */
export class ProvenWorkloads {
  readonly #workloads: Workloads;
  /** By the pod's key. */
  readonly #proofs = new Map<string, Proof>();

  constructor(workloads: Workloads) {
    this.#workloads = workloads;
  }

  /** Begins to read the workload of a node that runs within reach of a listed height, unless that was done. */
  prepare(key: string, { pod, policy, live }: JudgedNode): void {
    if (policy === undefined || !isProvable(policy.spec)) return;
    const { spec } = policy;
    if (!spec.upgrades.some(({ height }) => isNear(live?.height, height, REACH_BLOCKS))) return;
    const of = provenanceOf(pod);
    if (this.#proofs.get(key)?.of === of) return;
    const proof: Proof = { of, ref: undefined };
    this.#proofs.set(key, proof);
    this.#workloads
      .ofPolicy(spec)
      .find(pod, undefined)
      .then(
        (lineage) => {
          if (lineage.kind === "found") proof.ref = lineage.ref;
        },
        () => this.#forgetProof(key, proof),
      );
  }

  /** The workload that provably made this very pod, as it is labelled and owned now. */
  of(key: string, pod: Pod, spec: HaltPolicySpec): WorkloadRef | undefined {
    const proof = this.#proofs.get(key);
    return isProvable(spec) && proof?.of === provenanceOf(pod) ? proof.ref : undefined;
  }

  forget(key: string): void {
    this.#proofs.delete(key);
  }

  #forgetProof(key: string, proof: Proof): void {
    if (this.#proofs.get(key) === proof) this.#proofs.delete(key);
  }
}

function isProvable({ target }: HaltPolicySpec): boolean {
  return target.kind === "StatefulSet";
}
