import { ControllerError } from "../controller-error.ts";

/**
 * Whether this process may write. The time since the last renewal is measured at each write, not by a timer: a
 * process that was stopped for longer than its lease finds the fence shut when it goes on. Both clocks count, so
 * neither a jump back of one nor a sleep that the other does not see leaves it open.
 */
export class Fence {
  readonly #validMs: number;
  #renewedAt: { readonly steady: number; readonly wall: number } | undefined;

  constructor(validMs: number) {
    this.#validMs = validMs;
  }

  /** Opens the fence for `validMs` from `steady`/`wall`, the moment before the lease was asked for. */
  renew(steady: number, wall: number): void {
    this.#renewedAt = { steady, wall };
  }

  shut(): void {
    this.#renewedAt = undefined;
  }

  get isOpen(): boolean {
    if (this.#renewedAt === undefined) return false;
    const { steady, wall } = this.#renewedAt;
    return Math.max(performance.now() - steady, Date.now() - wall) < this.#validMs;
  }

  /** @throws {ControllerError} `not-leading` when the lease may be somebody else's by now. */
  readonly check = (): void => {
    if (!this.isOpen)
      throw new ControllerError("not-leading", "the lease is not held any more: nothing is written");
  };
}
