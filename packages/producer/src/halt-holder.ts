import { announcedAtNow, type HaltIntent, type HaltReason, reasonToken } from "@upgrade-halt/contract";

/** The upgrade plan that a halt is about. */
export interface HaltPlan {
  readonly name: string;
  /** The plan's height, not the node's. 0 when there is none to name. */
  readonly height: number;
  /** The plan's free text; empty when it has none. */
  readonly info: string;
}

/** What became of a `publish`: it is now the intent, or another one stood already. */
export type Publication =
  | { readonly kind: "published"; readonly intent: HaltIntent }
  | { readonly kind: "ignored"; readonly standing: HaltIntent };

/** The one place in a process that knows whether it has halted, and why. */
export interface HaltHolder {
  /** The intent that a halt decided now would announce. Publishes nothing. */
  stamp(reason: HaltReason, plan: HaltPlan): HaltIntent;
  /** The first intent wins and stays; every later one is ignored, and the answer says so. */
  publish(intent: HaltIntent): Publication;
  /** The intent, deeply frozen, or `undefined` while there is none. Never waits, never half an intent. */
  snapshot(): HaltIntent | undefined;
}

/** An empty holder. `clock` tells milliseconds since 1970. */
export function createHaltHolder(clock: () => number): HaltHolder {
  let standing: HaltIntent | undefined;
  return {
    stamp: (reason, plan) =>
      Object.freeze({
        reason,
        reason_string: reasonToken(reason),
        ...(plan.name !== "" && { plan_name: plan.name }),
        ...(plan.height !== 0 && { height: plan.height }),
        ...(plan.info !== "" && { info: plan.info }),
        announced_at: announcedAtNow(clock),
      }),
    publish(intent) {
      if (standing !== undefined) return { kind: "ignored", standing };
      standing = Object.freeze({ ...intent });
      return { kind: "published", intent: standing };
    },
    snapshot: () => standing,
  };
}
