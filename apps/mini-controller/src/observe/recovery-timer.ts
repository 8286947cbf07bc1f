import type { HaltPolicy } from "../api/halt-policy.ts";
import { isAborted, isSwapping, type NodeHalt } from "../api/node-halt.ts";

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
 * Whether a person has stopped what is done about a halt. One that is aborted once its pod was replaced has nothing left to be
 * stopped: its time goes on, so that it ends and other nodes do not wait for it.
 */
export function isStopped(halt: NodeHalt, policy: HaltPolicy | undefined): boolean {
  if (policy === undefined || policy.spec.paused || policy.spec.dryRun) return true;
  return isAborted(halt) && halt.status?.phase !== "Recovering";
}

/** Both times are of one clock, so their difference is right whatever the clock said. */
function wholeTimeOf({ status }: NodeHalt): number {
  const began = status?.steps?.find(({ phase }) => phase === "Swapping")?.at;
  const ms = Date.parse(status?.recoverBy ?? "") - Date.parse(began ?? "");
  return ms > 0 ? ms : UNKNOWN_MS;
}
