import type { Recommendation, Verdict } from "@upgrade-halt/consumer";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, Seen } from "../api/node-halt.ts";
import type { Twin } from "../model/identity.ts";
import type { PodGroup } from "../model/pod-group.ts";
import type { Manager } from "../workloads/manager.ts";
import type { Sibling } from "./siblings.ts";
import type { Stranger } from "./strangers.ts";

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

/** What is said of any pod. */
interface SeenPod {
  readonly uid: string;
  readonly resourceVersion: string | undefined;
  readonly terminating: boolean;
  readonly image: string;
}

/** The node's pod, as it is now. */
export type PodSight =
  | { readonly kind: "gone" }
  /** The pod that halted is still there, or one that was made anew from the same image and halted the same way. */
  | (SeenPod & {
      readonly kind: "halted";
      /** It shows the halt at this moment. A process that was started again shows nothing until it halts again. */
      readonly shown: boolean;
    })
  /** The pod that halted runs again, as it is: nothing is left to be done about it. */
  | (SeenPod & { readonly kind: "healthy"; readonly height: number })
  /** Another pod has taken its place. */
  | (SeenPod & {
      readonly kind: "successor";
      readonly verdict: Verdict;
      /** Newest height that it told, and the first: to see that it moves where no height is known to pass. */
      readonly height?: number | undefined;
      readonly firstHeight?: number | undefined;
    });

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
  /** The policy that governs the pod; where none selects it any more, the last one that did. */
  readonly policy: HaltPolicy | undefined;
  /** A policy selects the pod. Of a pod that is gone nobody can say. */
  readonly selected: boolean;
  /** What the pod tells of this halt, if it tells of just this one. */
  readonly seen: Seen | undefined;
  /** The API server refused this controller's last attempt to set the image, so it is not set by this swap yet. */
  readonly setWasRefused: boolean;
  /** What the halt's verdict calls for; `undefined` when no policy is left to ask. */
  readonly recommendation: Recommendation | undefined;
  readonly workload: WorkloadSight;
  readonly pod: PodSight;
  readonly neighbours: Neighbours;
  /** Every other pod that is made from the same template. */
  readonly siblings: readonly Sibling[];
  /** Other pods that may run as the same validator. */
  readonly twins: readonly Twin[];
  /** Pods that look like nodes, that no policy selects, and that may be the same validator for all that is known. */
  readonly strangers: readonly Stranger[];
  /** Milliseconds that a swap on its way has left to recover, by the steady clock. */
  readonly recoverWithinMs: number | undefined;
  /** Milliseconds since the epoch, for what is journaled. */
  readonly now: number;
}

/** A workload in words. */
export function whatOf(workload: WorkloadSight): string {
  return workload.kind === "not-asked" ? "The workload" : workload.what;
}
