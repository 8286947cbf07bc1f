import type { Recommendation, Verdict } from "@upgrade-halt/consumer";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import type { Manager } from "../workloads/manager.ts";
import type { PodGroup } from "../workloads/pod-group.ts";
import type { Twin } from "./identity.ts";
import type { Sibling } from "./siblings.ts";

/** The object that holds the image, as it is now. */
export type WorkloadSight =
  /** Nothing depends on it at this phase. */
  | { readonly kind: "not-asked" }
  | { readonly kind: "missing"; readonly what: string }
  /** There is such an object, and the pod is none of its own. */
  | { readonly kind: "disowned"; readonly what: string; readonly why: string }
  | {
      readonly kind: "found";
      readonly what: string;
      /** URL path of the object, and RFC 6901 pointer of the field that holds the image. */
      readonly path: string;
      readonly pointer: string;
      readonly uid: string | undefined;
      /** Which of its specs this is: any change of it has a greater one. */
      readonly generation: number | undefined;
      /** Image in it now. */
      readonly image: string;
      /** Its own controller has taken notice of that image, so a pod made now gets it. */
      readonly settled: boolean;
      /** It replaces its pods by itself, so the halted one is not deleted. */
      readonly replacesPods: boolean;
      /** Who else decides the image, and would write it back. */
      readonly manager?: Manager | undefined;
      /** The pods that are made from the template. */
      readonly groups: readonly PodGroup[];
    };

/** The node's pod, as it is now. */
export type PodSight =
  | { readonly kind: "gone" }
  /** The pod that halted is still there, or one that was made anew from the same image and halted the same way. */
  | { readonly kind: "halted"; readonly uid: string; readonly terminating: boolean }
  /** Another pod has taken its place. */
  | {
      readonly kind: "successor";
      readonly uid: string;
      readonly terminating: boolean;
      readonly image: string;
      readonly verdict: Verdict;
      /** Newest height that it told, and the first: to see that it moves where no height is known to pass. */
      readonly height?: number | undefined;
      readonly firstHeight?: number | undefined;
    };

/** What other halts under the same policy stand in the way. */
export interface Neighbours {
  /** Other nodes between swap and recovery. */
  readonly swapping: number;
  /** Failed swaps that nobody acknowledged. */
  readonly failed: number;
  /** Name of the journal of this node whose swap brought the image that now halted for the same plan. */
  readonly toldBy?: string | undefined;
}

/** Everything that `plan` looks at, gathered at one moment. */
export interface Observation {
  /**
   * `memory`: from the controller's copies of what it watches, enough to decide. `server`: read from the API server for
   * this observation. Only on the latter is anything done to a workload or a pod.
   */
  readonly from: "memory" | "server";
  readonly halt: NodeHalt;
  readonly policy: HaltPolicy | undefined;
  /** What the halt's verdict calls for; `undefined` when no policy is left to ask. */
  readonly recommendation: Recommendation | undefined;
  readonly workload: WorkloadSight;
  readonly pod: PodSight;
  readonly neighbours: Neighbours;
  /** Every other pod that is made from the same template. */
  readonly siblings: readonly Sibling[];
  /** Other pods that may run as the same validator. */
  readonly twins: readonly Twin[];
  /** Milliseconds that a swap on its way has left to recover, by the steady clock. */
  readonly recoverWithinMs: number | undefined;
  /** Milliseconds since the epoch, for what is journaled. */
  readonly now: number;
}

/** A workload in words. */
export function whatOf(workload: WorkloadSight): string {
  return workload.kind === "not-asked" ? "The workload" : workload.what;
}
