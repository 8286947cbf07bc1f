import type { Dice } from "./dice.ts";

/** Where a controller's work is interrupted: between what it read or wrote last and what it does next. */
export const POINTS = [
  "before:create-halt",
  "after:create-halt",
  "after:journal-Held",
  "after:journal-Swapping",
  "before:set-image",
  "after:set-image",
  "before:journal-Recreating",
  "after:journal-Recreating",
  "before:delete-pod",
  "after:delete-pod",
  "after:journal-Recovering",
  "after:claim-page",
  "before:send-page",
  "before:confirm-page",
] as const;

/** What somebody does there: another kind of event. */
export const KINDS = [
  "pause",
  "abort",
  "unlist",
  "delete-policy",
  "other-chain",
  "drain",
  "scale",
  "strategy",
  "deploy",
  "skip-upgrade",
  "replace-binary",
  "restore-snapshot",
  "deselect",
  "change-selector-label",
  "forget-halt",
  "edit-and-forget",
  "machine-is-gone",
  "forge-halt",
  "take-name",
  "unreadable",
] as const;

/** The same, of what is rare. */
export const RARE_KINDS = [
  "delete-set",
  "replace-deployment",
  "end-sei-node",
  "end-in-foreground",
  "deploy-deployment",
  "deployment-strategy",
  "scale-deployment",
  "deploy-sei-node",
  "mirror",
  "pin-release",
  "crash",
  "unknown-code",
  "dry-run",
  "choose-actions",
  "short-recovery",
  "list-wrong-image",
  "debug-container",
  "newer-controller",
  "refuse-workloads",
] as const;

/** What is aimed at one point alone. */
type AimedKind =
  | "abort-what-swaps"
  | "forget-for-a-while"
  | "machines-are-gone"
  | "pause-and-spend"
  | "pause-and-unlist";

/** Something that happens when a controller next comes to a point of its work. */
export interface Armed {
  readonly point: (typeof POINTS)[number];
  readonly kind: (typeof KINDS | typeof RARE_KINDS)[number] | AimedKind;
  readonly dice: Dice;
  /** The controller's process ends there as well. */
  readonly kills: boolean;
  /** It happens while the answer about a workload is so late, which the controller asks for next. */
  readonly lateMs?: number;
}
