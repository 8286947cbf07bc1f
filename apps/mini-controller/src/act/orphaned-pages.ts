import { keyOf } from "@upgrade-halt/kube";
import { isToldOf, isToldToNobody, type NodeHalt, type PageRecord, pagesOf } from "../api/node-halt.ts";
import { resolving, timestamp } from "../journal/journal-entry.ts";
import { isOpen } from "../judge/same-halt.ts";
import { policyOf } from "../model/governance.ts";
import { podKeyOf, type Stores } from "../model/stores.ts";
import type { PageAttempt, SendPageOptions } from "../paging/pager.ts";

export interface OrphanedPagesOptions {
  readonly send: (page: Pick<SendPageOptions, "halt" | "page" | "policy">) => Promise<PageAttempt>;
  readonly stores: Pick<Stores, "halts" | "pods" | "policies">;
  readonly now: () => number;
}

interface Orphan {
  readonly halt: NodeHalt;
  page: PageRecord;
}

/**
 * Pages that receivers may hold for standing, of NodeHalts that somebody deleted: each is told that its page is over, also where
 * no policy is left to name it. No journal keeps them, so a controller that ends first tells nobody.
 */
export class OrphanedPages {
  readonly #options: OrphanedPagesOptions;
  /** By the NodeHalt's UID and the page's key. */
  readonly #orphans = new Map<string, Orphan>();

  constructor(options: OrphanedPagesOptions) {
    this.#options = options;
  }

  /** Takes note of a NodeHalt that is gone. */
  note(halt: NodeHalt): void {
    const at = timestamp(this.#options.now());
    const told = pagesOf(halt).filter((page) =>
      page.state === "Pending" ? !isToldToNobody(page) : !isToldOf(page),
    );
    for (const page of told)
      this.#orphans.set(`${halt.metadata.uid} ${page.key}`, { halt, page: resolving(page, at) });
  }

  /** Tells what is due about the pods of this name; the milliseconds until more is, if any. */
  async tell(podKey: string): Promise<number | undefined> {
    const { send, stores, now } = this.#options;
    const waits: number[] = [];
    for (const [id, orphan] of this.#orphans) {
      const { halt, page } = orphan;
      if (podKeyOf(halt) !== podKey) continue;
      const policy = policyOf(halt, stores);
      const again = stores.halts.get(keyOf(halt));
      if (again !== undefined && hasPage(again, page)) {
        this.#orphans.delete(id);
        continue;
      }
      // The halt was recorded anew, and may come to the same page.
      if (again !== undefined && isOpen(again)) continue;
      const left = Date.parse(page.nextAttemptAt ?? "") - now();
      if (!(left > 0)) orphan.page = (await send({ halt, page, policy })).page;
      if (orphan.page.state === "Resolved") this.#orphans.delete(id);
      const next = Date.parse(orphan.page.nextAttemptAt ?? "") - now();
      if (next > 0) waits.push(next);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}

function hasPage(halt: NodeHalt, { key }: PageRecord): boolean {
  return pagesOf(halt).some((page) => page.key === key);
}
