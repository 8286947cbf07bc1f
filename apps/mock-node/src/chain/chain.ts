import type { Identity } from "../identity.ts";
import { beginBlocker, type Decision } from "../upgrade/begin-blocker.ts";
import type { Plan } from "../upgrade/plan.ts";
import type { Block } from "./block.ts";
import type { BlockStore } from "./block-store.ts";
import { commitHash } from "./commit.ts";
import { headerHash } from "./header.ts";
import type { Journal } from "./journal.ts";
import { sha256 } from "./merkle.ts";
import { planStateAt } from "./plan-history.ts";

/** What a chain is made of. */
export interface ChainParts {
  readonly chainId: string;
  readonly identity: Identity;
  readonly initialHeight: number;
  readonly plans: readonly Plan[];
  readonly handlers: ReadonlySet<string>;
  readonly skipHeights: ReadonlySet<number>;
  readonly store: BlockStore;
  readonly journal: Journal;
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
}

const NOTHING = Buffer.alloc(0);

/** The blocks of one chain and the state that they leave. A block is stored first and applied after. */
export class Chain {
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.#parts = parts;
  }

  /** A block that is stored but not applied: the process ended in between, or halted. */
  get unapplied(): Block | undefined {
    const { last, applied } = this.#parts.store;
    return last !== undefined && last.height !== applied?.height ? last : undefined;
  }

  /** The height of the block that comes next. */
  get nextHeight(): number {
    const { last } = this.#parts.store;
    return last === undefined ? this.#parts.initialHeight : last.height + 1;
  }

  /** Makes the next block and stores it. The one before must be applied. */
  storeNext(): Block {
    const { store, chainId, identity: validator, now } = this.#parts;
    const { last } = store;
    const header = {
      height: this.nextHeight,
      time: last === undefined ? now() : later(now(), last.time),
      appHash: store.applied?.appHash ?? NOTHING,
      previousHash: last?.hash ?? NOTHING,
    };
    const lastCommitHash = commitHash(last, { chainId, validator });
    const block = { ...header, hash: headerHash(header, { chainId, validator, lastCommitHash }) };
    store.appendBlock(block);
    return block;
  }

  /** What x/upgrade decides at the beginning of the block of `height`. */
  decide(height: number): Decision {
    const { plans, journal, handlers, skipHeights } = this.#parts;
    return beginBlocker({ height, handlers, skipHeights, ...planStateAt(height, plans, journal.events) });
  }

  /** Carries the block out, after a decision that was no halt. */
  apply(block: Block, decision: Exclude<Decision, { kind: "halt" }>): void {
    const { journal, store } = this.#parts;
    if (decision.kind === "apply") {
      journal.append({ event: "applied", plan: decision.plan.name, height: block.height });
    } else if (decision.kind === "clear") {
      journal.append({ event: "cleared", plan: decision.plan.name, height: block.height });
    }
    store.appendApplied(block.height, sha256(block.hash));
  }
}

function later(now: bigint, previous: bigint): bigint {
  return now > previous ? now : previous + 1n;
}
