import type { NodeHalt, NodeHaltStatus, PageRecord } from "../api/node-halt.ts";

/** What changes a node. It is done only on an observation that was read from the API server for it. */
export type Act =
  | {
      readonly kind: "set-image";
      readonly from: string;
      readonly to: string;
      /** Partition of the RollingUpdate to be set with it, where the policy rolls one partition at a time. */
      readonly partition?: number;
    }
  | {
      readonly kind: "delete-pod";
      readonly uid: string;
      readonly resourceVersion: string | undefined;
      /** It has no grace period of its own: who deletes it without one does not wait for the end of its process. */
      readonly isTakenAtOnce: boolean;
    };

/** What tells somebody something. */
export type Telling =
  | { readonly kind: "send-page"; readonly page: PageRecord }
  /** Tell the receivers of the page that it is over. */
  | { readonly kind: "resolve-page"; readonly page: PageRecord };

/** Something done outside the journal. Each may be done twice with the outcome of once. */
export type Effect = Act | Telling;

/** What to do next about one halt. `nextMove` gives one at a time and is asked again after it. */
export type Move<E extends Effect = Act> =
  /** Write the journal; the effect that it announces is the next move after it. */
  | { readonly kind: "journal"; readonly status: NodeHaltStatus }
  | { readonly kind: "effect"; readonly effect: E }
  /** Look again after this time, or when something changes. */
  | { readonly kind: "wait"; readonly ms: number }
  /** Nothing to do until something changes. */
  | { readonly kind: "rest" };

/**
 * What is only remembered is not enough for an act. Nobody is woken for it either: a watch that was cut remembers what is
 * over. And no halt is given up for it: the last answer of the node may be of before the halt, which another replica saw.
 */
export function restsOnServer(move: Move, { status }: NodeHalt): boolean {
  if (move.kind !== "journal") return move.kind === "effect";
  return move.status.page?.key !== status?.page?.key || move.status.phase === "Withdrawn";
}
