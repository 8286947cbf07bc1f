import type { NodeHalt, NodeHaltStatus } from "../api/node-halt.ts";

/** What changes a node. It is done only on an observation that was read from the API server for it. */
export type Act =
  | {
      readonly kind: "set-image";
      readonly from: string;
      readonly to: string;
      /** Partition of the RollingUpdate to be set with it, where the policy rolls one partition at a time. */
      readonly partition?: number;
    }
  | { readonly kind: "delete-pod"; readonly uid: string };

/** Something done outside the journal. Each may be done twice with the outcome of once. */
export type Effect =
  | Act
  | { readonly kind: "send-page" }
  /** Tell the receivers of the page with this key that it is over. */
  | { readonly kind: "resolve-page"; readonly key: string };

/** What to do next about one halt. `nextMove` gives one at a time and is asked again after it. */
export type Move =
  /** Write the journal; the effect that it announces is the next move after it. */
  | { readonly kind: "journal"; readonly status: NodeHaltStatus }
  | { readonly kind: "effect"; readonly effect: Effect }
  /** Look again after this time, or when something changes. */
  | { readonly kind: "wait"; readonly ms: number }
  /** Nothing to do until something changes. */
  | { readonly kind: "rest" };

/** Whether a move changes a node. */
export function isAct(move: Move): boolean {
  return move.kind === "effect" && (move.effect.kind === "set-image" || move.effect.kind === "delete-pod");
}

/**
 * What is only remembered is not enough for an act. Nobody is woken for it either: a watch that was cut remembers what is
 * over. And no halt is given up for it: the last answer of the node may be of before the halt, which another replica saw.
 */
export function restsOnServer(move: Move, { status }: NodeHalt): boolean {
  if (move.kind !== "journal") return isAct(move);
  return move.status.page?.key !== status?.page?.key || move.status.phase === "Withdrawn";
}
