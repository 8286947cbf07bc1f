import type { HaltPolicy } from "../api/halt-policy.ts";
import { BUDGET_SPENT, hasUnknownPhase, isAborted, isSwapping, type NodeHalt } from "../api/node-halt.ts";
import { stepText } from "../journal/journal-entry.ts";

/** How long a swap may take whose journal does not say when it began. */
const UNKNOWN_MS = 600_000;

/**
 * How much of its time a swap has left, by this process's own steady clock and from when it saw the swap first. The times
 * in a journal are of the clock of whoever led then: one that is 15 minutes ahead would have failed every swap at once.
 * A new leader gives a swap its whole time again.
 */
export class RecoveryTimer {
  readonly #steady: () => number;
  readonly #seen = new Map<string, { readonly at: number; readonly spent: number }>();

  /** `steady` is in milliseconds, and never goes back. */
  constructor(steady: () => number) {
    this.#steady = steady;
  }

  /**
   * Milliseconds that are left, 0 or less when the time is over; `undefined` when no swap is on its way. While a person
   * has it stopped (`stopped`), its time stands still.
   */
  leftOf(halt: NodeHalt, stopped = false): number | undefined {
    const { uid, name } = halt.metadata;
    const key = uid ?? name;
    if (!isSwapping(halt) || halt.status?.recoverBy === undefined) {
      this.#seen.delete(key);
      return undefined;
    }
    const at = this.#steady();
    const last = this.#seen.get(key) ?? { at, spent: 0 };
    const spent = last.spent + (stopped ? 0 : at - last.at);
    this.#seen.set(key, { at, spent });
    return wholeTimeOf(halt) - spent;
  }
}

/**
 * Whether what is done about a halt stands still: a person stopped it, or something speaks against the next act, which is what
 * is told of it until that is cleared. Once its pod was replaced there is nothing left to be stopped: its time goes on, so that
 * it ends, is told of, and other nodes do not wait for it.
 */
export function isStopped(halt: NodeHalt, policy: HaltPolicy | undefined): boolean {
  if (halt.status?.phase === "Recovering") return false;
  return (
    policy === undefined || policy.spec.paused || policy.spec.dryRun || isAborted(halt) || isRefused(halt)
  );
}

/** Whether a swap comes to no end by itself: a person has to do something about it, until when it takes its slot. */
export function standsStill(halt: NodeHalt, policy: HaltPolicy | undefined): boolean {
  return hasUnknownPhase(halt) || isStopped(halt, policy);
}

/** Refusals by what the node itself does, which is what its time is for. */
const OF_THE_NODE: ReadonlySet<string | undefined> = new Set([
  "HaltNotShown",
  "InferredHaltNotShown",
  "PodGone",
]);

/**
 * Whether the journal says of its present phase something else than what it was begun with, or how it goes on, and a person was
 * paged for that. What nobody was told of has to end, and be told then.
 */
function isRefused({ status: { phase, reason, message, page, steps = [] } = {} }: NodeHalt): boolean {
  // Whoever looks at the swaps that failed was told of these.
  if (reason === BUDGET_SPENT) return true;
  if (page?.reason !== reason) return false;
  const begun = steps.find((step) => step.phase === phase)?.message;
  const isOther = begun !== undefined && message !== undefined && stepText(message) !== begun;
  return isOther && reason !== phase && !OF_THE_NODE.has(reason);
}

/** Both times are of one clock, so their difference is right whatever the clock said. */
function wholeTimeOf({ status }: NodeHalt): number {
  const began = status?.steps?.find(({ phase }) => phase === "Swapping")?.at;
  const ms = Date.parse(status?.recoverBy ?? "") - Date.parse(began ?? "");
  return ms > 0 ? ms : UNKNOWN_MS;
}
