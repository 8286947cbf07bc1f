import type { Recommendation, Verdict } from "@upgrade-halt/consumer";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, Seen } from "../api/node-halt.ts";
import type { Twin } from "../model/same-validator.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import type { Sibling } from "./siblings.ts";
import type { Stranger } from "./strangers.ts";

/** What is said of any pod. */
interface SeenPod {
  readonly uid: string;
  readonly resourceVersion: string | undefined;
  readonly terminating: boolean;
  /** It has no grace period of its own: who deletes it without one does not wait for the end of its process. */
  readonly isTakenAtOnce: boolean;
  readonly image: string;
  /** UID of the object that made it, and the name of the template that it was made from, as far as these are told. */
  readonly controller?: string | undefined;
  readonly revision?: string | undefined;
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
      /** The chain that it answers on, where that is neither the halt's nor the policy's: what it tells there is of other data. */
      readonly otherChain?: string | undefined;
      /** Name of the NodeHalt by which a person is told of its halt on that chain. */
      readonly toldBy?: string | undefined;
      /** Newest height that it told, and the first: to see that it moves where no height is known to pass. */
      readonly height?: number | undefined;
      readonly firstHeight?: number | undefined;
      /** Milliseconds since that first height. */
      readonly seenForMs?: number | undefined;
      /** Another pod with its address, which may be who answers there: no height that was read there counts as its own. */
      readonly beside?: string | undefined;
    });

/** What other halts under the same policy stand in the way. */
export interface Neighbours {
  /** Other nodes between swap and recovery. */
  readonly swapping: number;
  /** Names of the NodeHalts of those whose swap stands still until a person does something about it, one for each node. */
  readonly stuck?: readonly string[] | undefined;
  /** Failed swaps that nobody acknowledged. */
  readonly failed: number;
  /** Of none of these a page stands: whoever was told thinks that it is over, or nobody was told. */
  readonly isUntold?: boolean | undefined;
  /** Name of the journal of this node whose swap brought the image that now halted for the same plan. */
  readonly toldBy?: string | undefined;
  /**
   * Reasons that are told of a pod which is gone, and whose Deployment made another one since: that of a page that stands, and the one
   * that its halt stands for by now. They are about both.
   */
  readonly toldBefore?: readonly string[] | undefined;
  /** Name of another journal of this node's halt that a person aborted, be it over or not. */
  readonly abortedIn?: string | undefined;
}

/** Everything that `nextMove` looks at, gathered at one moment. */
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
