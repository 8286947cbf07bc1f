import { hasCode, keyOf } from "@upgrade-halt/kube";
import { mergeConditions } from "../api/condition.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, NodeHaltStatus, PageRecord } from "../api/node-halt.ts";
import { nextPageMove } from "../decide/next-page-move.ts";
import type { HaltJournal } from "../journal/halt-journal.ts";
import { resolving, timestamp } from "../journal/journal-entry.ts";
import { namespaceOf } from "../kube/paths.ts";
import { between, type OnBoundary, type Operation } from "../model/boundary.ts";
import { policyOf } from "../model/governance.ts";
import type { Stores } from "../model/stores.ts";
import type { PageAttempt, SendPageOptions } from "../paging/pager.ts";

export interface PageTellerOptions {
  readonly stores: Pick<Stores, "halts" | "pods" | "policies">;
  readonly journal: HaltJournal;
  readonly send: (page: Pick<SendPageOptions, "halt" | "page" | "policy">) => Promise<PageAttempt>;
  readonly onBoundary: OnBoundary;
  /** Told of a halt whose journal says by now what came of a page. */
  readonly onTold: (halt: NodeHalt) => void;
  readonly now: () => number;
}

/** Longer than a receiver may take to answer. */
const CLAIM_MS = 4_000;
/** More than the pages of one halt. */
const MAX_PAGES = 24;
/** How often a write is made again when the journal had another step meanwhile. */
const MAX_REFUSALS = 5;

/**
 * Tells people of halts, beside the work on the halts themselves: a receiver that does not answer holds up nothing but
 * the pages that come after it. Everything about one halt's pages happens one after the other.
 */
export class PageTeller {
  readonly #options: PageTellerOptions;
  /** What came of attempts whose outcome could not be journaled yet, by what was told: not to be made again. */
  readonly #unconfirmed = new Map<string, PageAttempt>();

  constructor(options: PageTellerOptions) {
    this.#options = options;
  }

  /** Sends every page of the halt that is due, and tells of every one that is over. */
  async tell(haltKey: string): Promise<void> {
    const { stores, now, onTold } = this.#options;
    for (let count = 0; count < MAX_PAGES; count += 1) {
      const halt = stores.halts.get(haltKey);
      if (halt === undefined) return;
      const policy = policyOf(halt, stores);
      const move = nextPageMove({ halt, policy, now: now() });
      if (move.kind !== "effect") return;
      const { effect } = move;
      const told =
        effect.kind === "send-page"
          ? await this.#tell(halt, effect.page, policy, SENDING)
          : await this.#tell(halt, resolving(effect.page, timestamp(now())), policy, RESOLVING);
      onTold(told);
    }
  }

  /**
   * Claims the attempt in the journal, makes it, and journals what came of it. Of two that want to make it at once only
   * one has its claim accepted; a claim whose owner died lapses.
   */
  async #tell(
    known: NodeHalt,
    page: PageRecord,
    policy: HaltPolicy | undefined,
    operations: Telling,
  ): Promise<NodeHalt> {
    const { send, onBoundary, now } = this.#options;
    // From now on somebody may have the page, also one that nobody was named for before.
    const state = page.state === "NoTarget" ? "Pending" : page.state;
    const claimed = { ...page, state, nextAttemptAt: timestamp(now() + CLAIM_MS) };
    const halt = await between(operations.claim, onBoundary, () => this.#claim(known, page, claimed));
    const what = `${known.metadata.uid} ${page.key} ${page.resolvedAt ?? ""}`;
    const attempt =
      this.#unconfirmed.get(what) ??
      (await between(operations.send, onBoundary, () => send({ halt, page: claimed, policy })));
    this.#unconfirmed.set(what, attempt);
    const confirmed = await between(operations.confirm, onBoundary, () => this.#confirm(known, attempt));
    this.#unconfirmed.delete(what);
    return confirmed;
  }

  /**
   * The halt as it is now.
   *
   * @throws {Error} once somebody deleted it: one of its name that was recorded since has pages of its own.
   */
  #current({ metadata }: NodeHalt): NodeHalt {
    const halt = this.#options.stores.halts.get(keyOf({ metadata }));
    if (halt !== undefined && halt.metadata.uid === metadata.uid) return halt;
    for (const what of this.#unconfirmed.keys())
      if (what.startsWith(`${metadata.uid} `)) this.#unconfirmed.delete(what);
    throw new Error(`${keyOf({ metadata })} is gone`);
  }

  /** @throws {ControllerError} `conflict` when the journal had another step: what is due is to be looked at again. */
  async #claim(known: NodeHalt, page: PageRecord, claimed: PageRecord): Promise<NodeHalt> {
    const { journal } = this.#options;
    const halt = this.#current(known);
    try {
      return await journal.write(
        halt,
        withPage(halt, page.key, () => claimed),
      );
    } catch (error) {
      if (hasCode(error, "conflict")) await this.#refresh(halt);
      throw error;
    }
  }

  /** Journals an attempt beside whatever else was journaled meanwhile. */
  async #confirm(known: NodeHalt, attempt: PageAttempt): Promise<NodeHalt> {
    const { journal, now } = this.#options;
    for (let refusals = 1; ; refusals += 1) {
      const halt = this.#current(known);
      try {
        return await journal.write(halt, confirmedStatus(halt, attempt, timestamp(now())));
      } catch (error) {
        if (!hasCode(error, "conflict") || refusals === MAX_REFUSALS) throw error;
        await this.#refresh(halt);
      }
    }
  }

  async #refresh({ metadata }: NodeHalt): Promise<void> {
    await this.#options.journal.refresh(namespaceOf({ metadata }), metadata.name);
  }
}

/** Names of what is done one after the other to tell somebody something. */
interface Telling {
  readonly claim: Operation;
  readonly send: Operation;
  readonly confirm: Operation;
}

const SENDING: Telling = { claim: "claim-page", send: "send-page", confirm: "confirm-page" };
const RESOLVING: Telling = {
  claim: "claim-resolution",
  send: "send-resolution",
  confirm: "confirm-resolution",
};

function confirmedStatus(halt: NodeHalt, { page, condition }: PageAttempt, at: string): NodeHaltStatus {
  // Another page may have taken its place while it was being sent: it is to be resolved then, sent or not.
  const status = withPage(halt, page.key, (known) => (known.resolvedAt === page.resolvedAt ? page : known));
  if (halt.status?.page?.key !== page.key) return status;
  return { ...status, conditions: mergeConditions(halt.status?.conditions ?? [], [condition], at) };
}

/** The halt's status with the record of the page that has this key changed. */
function withPage(
  { status = {} }: NodeHalt,
  key: string,
  change: (page: PageRecord) => PageRecord,
): NodeHaltStatus {
  const put = (page: PageRecord) => (page.key === key ? change(page) : page);
  const { page, formerPages } = status;
  return {
    ...status,
    ...(page === undefined ? {} : { page: put(page) }),
    ...(formerPages === undefined ? {} : { formerPages: formerPages.map(put) }),
  };
}
