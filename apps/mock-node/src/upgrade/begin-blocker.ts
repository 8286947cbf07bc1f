import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import { isMinorRelease, type Plan } from "./plan.ts";
import { downgradeText, neededText, scheduledText, tooNewText } from "./texts.ts";

/** What x/upgrade knows at the beginning of a block. */
export interface UpgradeState {
  readonly height: number;
  /** The plan on the chain, if there is one. */
  readonly pending: Plan | undefined;
  /** The plan that was carried out last, and at which height. */
  readonly lastApplied: { readonly name: string; readonly height: number } | undefined;
  /** The plans that this binary can carry out. */
  readonly handlers: ReadonlySet<string>;
  /** Heights at which the operator has the plan cleared (`--unsafe-skip-upgrades`). */
  readonly skipHeights: ReadonlySet<number>;
}

/** What x/upgrade does at the beginning of a block. */
export type Decision =
  | { readonly kind: "proceed" }
  /** Proceed, and log `text`. */
  | { readonly kind: "scheduled"; readonly text: string }
  /** Run the plan's handler, then proceed. */
  | { readonly kind: "apply"; readonly plan: Plan }
  /** Clear the plan without running it, then proceed. */
  | { readonly kind: "clear"; readonly plan: Plan }
  | { readonly kind: "halt"; readonly reason: HaltReason; readonly plan: Plan; readonly text: string };

const SCHEDULED_EVERY = 100;

/** The rules of Sei's x/upgrade BeginBlocker (`x/upgrade/abci.go`), on values. */
export function beginBlocker(state: UpgradeState): Decision {
  const { height, pending, lastApplied, handlers, skipHeights } = state;
  const isDue = pending !== undefined && height >= pending.height;
  const isSkipped = isDue && skipHeights.has(height);

  if ((!isDue || isSkipped) && lastApplied !== undefined && !handlers.has(lastApplied.name)) {
    return {
      kind: "halt",
      reason: ShutdownReason.DowngradeDetected,
      plan: { ...lastApplied, info: "" },
      text: downgradeText(lastApplied.name),
    };
  }
  if (pending === undefined) return { kind: "proceed" };

  const hasHandler = handlers.has(pending.name);
  if (isSkipped) return { kind: "clear", plan: pending };
  if (isDue) {
    if (hasHandler) return { kind: "apply", plan: pending };
    return { kind: "halt", reason: ShutdownReason.UpgradeRequired, plan: pending, text: neededText(pending) };
  }
  if (isMinorRelease(pending)) {
    const isLogged = !hasHandler && !skipHeights.has(pending.height) && height % SCHEDULED_EVERY === 0;
    return isLogged ? { kind: "scheduled", text: scheduledText(pending) } : { kind: "proceed" };
  }
  if (!hasHandler) return { kind: "proceed" };
  return { kind: "halt", reason: ShutdownReason.BinaryTooNew, plan: pending, text: tooNewText(pending) };
}
