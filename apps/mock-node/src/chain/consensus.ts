import type { Decision } from "../upgrade/begin-blocker.ts";
import type { Block } from "./block.ts";
import type { Chain } from "./chain.ts";

/** The decision that stops a chain. */
export type HaltDecision = Extract<Decision, { kind: "halt" }>;

/** `halt`: stop the node after its block (`--halt-height`). `freeze`: no more blocks, all else goes on. */
export type Limit = "halt" | "freeze";

export interface ConsensusPace {
  readonly blockTimeMs: number;
  readonly haltHeight: number | undefined;
  readonly freezeHeight: number | undefined;
  /** Before each of these blocks it waits for `goOn`. */
  readonly holdHeights: readonly number[];
}

export interface ConsensusEvents {
  /** A stored block is about to be carried out. */
  onBegin(block: Block): void;
  /** A block was stored and applied. */
  onApplied(block: Block): void;
  /** x/upgrade has something to log. */
  onScheduled(text: string): void;
  /** The block was stored; it is not applied, and no block follows. */
  onHalt(decision: HaltDecision, block: Block): void;
  /** The chain came to the height that the operator asked to stop at. */
  onLimit(limit: Limit): void;
  /** A block could not be stored or applied. */
  onFailure(cause: unknown): void;
}

/** Makes a block every `blockTimeMs`, until a limit is reached, it is stopped or x/upgrade halts it. */
export class Consensus {
  readonly #chain: Chain;
  readonly #pace: ConsensusPace;
  readonly #events: ConsensusEvents;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #isStopped = false;
  #isHeld = false;
  #permits = 0;

  constructor(chain: Chain, pace: ConsensusPace, events: ConsensusEvents) {
    this.#chain = chain;
    this.#pace = pace;
    this.#events = events;
  }

  /** Applies the block that an earlier run stored but did not apply, if there is one. */
  replay(): void {
    const block = this.#chain.unapplied;
    if (block !== undefined) this.#guarded(() => this.#apply(block));
  }

  start(): void {
    this.#due = performance.now() + this.#pace.blockTimeMs;
    this.#schedule();
  }

  /** Lets it make the block before which it waits, or the next before which it would. */
  goOn(): void {
    this.#permits += 1;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.start();
  }

  /** No block is made or applied after this. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const { freezeHeight, holdHeights } = this.#pace;
    if (holdHeights.includes(this.#chain.nextHeight)) {
      this.#isHeld = this.#permits === 0;
      if (this.#isHeld) return;
      this.#permits -= 1;
    }
    if (freezeHeight !== undefined && this.#chain.nextHeight >= freezeHeight) {
      this.#end("freeze");
      return;
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#due - performance.now()));
  }

  #tick(): void {
    this.#guarded(() => this.#apply(this.#chain.storeNext()));
    // A process that was held up does not make up for it with a burst of blocks.
    this.#due = Math.max(this.#due + this.#pace.blockTimeMs, performance.now());
    this.#schedule();
  }

  #end(limit: Limit): void {
    this.stop();
    this.#events.onLimit(limit);
  }

  #apply(block: Block): void {
    this.#events.onBegin(block);
    const decision = this.#chain.decide(block.height);
    if (decision.kind === "halt") {
      this.stop();
      this.#events.onHalt(decision, block);
      return;
    }
    if (decision.kind === "scheduled") this.#events.onScheduled(decision.text);
    this.#chain.apply(block, decision);
    this.#events.onApplied(block);
    const { haltHeight } = this.#pace;
    if (haltHeight !== undefined && block.height >= haltHeight) this.#end("halt");
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.stop();
      this.#events.onFailure(cause);
    }
  }
}
