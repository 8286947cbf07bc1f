import { CodedError, hasCode, keyOf, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { API_VERSION } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { type NodeHalt, type NodeHaltSpec, type PageRecord, pagesOf } from "../api/node-halt.ts";
import { BY_HAND } from "../journal/by-hand.ts";
import { journalMove, pageWords, resolving, timestamp } from "../journal/journal-entry.ts";
import { advice } from "../journal/words.ts";
import { differs, isOneNode } from "../judge/same-halt.ts";
import { policyOf } from "../model/governance.ts";
import { podKeyOf, type Stores } from "../model/stores.ts";
import { isWithAll, toldAnew } from "../paging/page-targets.ts";
import type { PageAttempt, SendPageOptions } from "../paging/pager.ts";
import { isSettledRefusal, LASTING_MS } from "../workloads/unreadable.ts";
import { Lasting } from "./lasting.ts";

export interface UnrecordedHaltsOptions {
  readonly send: (page: Pick<SendPageOptions, "halt" | "page" | "policy">) => Promise<PageAttempt>;
  readonly stores: Pick<Stores, "halts" | "pods" | "policies">;
  /** Told of a policy and of a pod (by their keys) that have such a halt, or have it no more. */
  readonly onChange: (policyKey: string, podKey: string) => void;
  readonly log: Logger;
  readonly now: () => number;
}

/** A halt that can't be written down, and why. */
export interface UnrecordedHalt {
  readonly podName: string;
  readonly reason: "JournalRefused" | "JournalTaken";
  /** What the API server does not do for it. */
  readonly what: string;
  readonly why: string;
}

interface Entry extends UnrecordedHalt {
  /** UIDs of the pods that have no NodeHalt of this halt, or of the NodeHalt that can't be written. */
  readonly ids: Set<string>;
  readonly policyKey: string;
  readonly halt: NodeHalt;
  page: PageRecord;
  /** When the page was sent last, in ms since the epoch. */
  sentAt: number;
}

/** How often an Alertmanager is told again, which keeps no alert over a restart and ends one by itself. */
const RENEWED_MS = 300_000;

const REFUSED = "JournalRefused";
const NOT_CREATED = "takes no NodeHalt of";
const FREE_NAMES = advice`Find out who wrote them, and delete them.`;
const NOT_WRITTEN = "does not take what is to be written about";

/**
 * Halts that cannot be written down, as a quota or an admission webhook refuses their NodeHalts or the status of these, or as every name
 * that these can have is taken. Nothing is done
 * about one, so a person is paged without a journal. It is known to this process alone: the next one pages again by the same key, which
 * receivers know.
 */
export class UnrecordedHalts {
  readonly #options: UnrecordedHaltsOptions;
  readonly #entries = new Set<Entry>();
  /** How many pages of a key were told and are over: the next one is another page. */
  readonly #over = new Map<string, number>();
  readonly #refused: Lasting;

  constructor(options: UnrecordedHaltsOptions) {
    this.#options = options;
    this.#refused = new Lasting(options.now);
  }

  /** The NodeHalt of a halt was refused. What may be over in a moment is told of once it lasts. */
  noteUncreated(
    namespace: string,
    name: string,
    spec: NodeHaltSpec,
    policy: HaltPolicy,
    error: unknown,
  ): void {
    const kind = { apiVersion: API_VERSION, kind: "NodeHalt" } as const;
    const halt: NodeHalt = { ...kind, metadata: { name, namespace }, spec };
    const lastsMs = this.#refused.note(spec.podUID);
    if (isUnfit(error) || isTold(error, lastsMs)) this.#add(spec.podUID, halt, policy, NOT_CREATED, error);
  }

  /** The same of the status of a NodeHalt. Its own page says so, where that was taken. */
  noteUnwritten(halt: NodeHalt, error: unknown): void {
    const { uid = "" } = halt.metadata;
    const { page } = halt.status ?? {};
    const policy = policyOf(halt, this.#options.stores);
    if (policy === undefined || !isRefusal(error) || (page?.reason === REFUSED && page.state === "Sent"))
      return;
    const lastsMs = this.#refused.note(uid);
    if ((isUnfit(error) && page?.reason !== REFUSED) || isTold(error, lastsMs))
      this.#add(uid, halt, policy, NOT_WRITTEN, error);
  }

  #add(id: string, unwritten: NodeHalt, policy: HaltPolicy, what: string, error: unknown): void {
    const { log, now, onChange } = this.#options;
    const reason = hasCode(error, "names-taken") ? "JournalTaken" : REFUSED;
    const known = [...this.#entries].find((entry) => entry.reason === reason && isOneHalt(entry, unwritten));
    if (known !== undefined) {
      if (known.page.state !== "Resolving") known.ids.add(id);
      return;
    }
    this.#release(id);
    const { podName } = unwritten.spec;
    const why = messageOf(error);
    const message = {
      found: `The API server ${what} it, so nothing is done about this halt: ${why.replace(/\.?$/, ".")}`,
      toDo:
        reason === "JournalTaken" ? advice`${FREE_NAMES} ${BY_HAND}` : advice`Let it be written. ${BY_HAND}`,
    };
    const draft = { reason, summary: pageWords(unwritten, "halted", message) };
    const { status } = journalMove(unwritten, { phase: "Held", reason, message, page: draft }, now());
    const { page } = status;
    if (page?.reason !== reason) return;
    const halt = { ...unwritten, status };
    const before = this.#over.get(page.key);
    const key = before === undefined ? page.key : `${page.key}/${before + 1}`;
    const policyKey = keyOf(policy);
    const ids = new Set([id]);
    this.#entries.add({
      podName,
      reason,
      what,
      why,
      policyKey,
      ids,
      halt,
      page: { ...page, key },
      sentAt: 0,
    });
    log.warn({ object: keyOf(halt), error: why }, "a halt can't be recorded");
    onChange(policyKey, podKeyOf(halt));
  }

  /** What has this UID is written down by now, or there is nothing to be written. */
  over(id: string): void {
    this.#refused.over(id);
    this.#release(id);
  }

  /**
   * Leaves what a pod that went has not had recorded to the one after it, whose record or blocks end its page. Whether a person is
   * told of it: nobody may forget it otherwise.
   */
  handOver(id: string, next: string): boolean {
    const entries = [...this.#entries].filter(({ ids, page }) => ids.has(id) && page.state !== "Resolving");
    for (const { ids } of entries) {
      ids.delete(id);
      ids.add(next);
    }
    if (entries.length > 0) this.#refused.over(id);
    return entries.length > 0;
  }

  #release(id: string): void {
    for (const entry of this.#entries)
      if (entry.ids.delete(id) && entry.ids.size === 0 && entry.page.state !== "Resolving") this.#end(entry);
  }

  #end(entry: Entry): void {
    const { now, onChange } = this.#options;
    if (entry.page.attempts === 0 || this.#isJournaled(entry)) this.#entries.delete(entry);
    else entry.page = resolving(entry.page, timestamp(now()));
    onChange(entry.policyKey, podKeyOf(entry.halt));
  }

  /** Whether the journal itself has this page for standing: it has the same key, so an end of the one would be that of the other. */
  #isJournaled({ halt, page }: Entry): boolean {
    const journal = this.#options.stores.halts.get(keyOf(halt));
    if (journal === undefined || journal.metadata.uid !== halt.metadata.uid) return false;
    return pagesOf(journal).some(({ key, resolvedAt }) => key === page.key && resolvedAt === undefined);
  }

  /** Sends what is due about the pods of this name; the milliseconds until more is, if any. */
  async tell(podKey: string): Promise<number | undefined> {
    const { send, now, stores } = this.#options;
    const waits: number[] = [];
    for (const entry of this.#entries) {
      const { halt } = entry;
      if (podKeyOf(halt) !== podKey) continue;
      if (this.#isDeleted(halt)) for (const id of [...entry.ids]) this.over(id);
      const policy = policyOf(halt, stores);
      if (!this.#entries.has(entry) || policy?.spec.dryRun === true) continue;
      const isRecent = Math.abs(now() - entry.sentAt) < RENEWED_MS;
      const page = isRecent ? entry.page : renewed(entry.page, policy);
      const stands = page.state === "Sent" || page.state === "NoTarget";
      if (stands && isWithAll(page, policy)) {
        waits.push(RENEWED_MS);
        continue;
      }
      if (stands || !(Date.parse(page.nextAttemptAt ?? "") - now() > 0)) {
        entry.page = (await send({ halt, page, policy })).page;
        entry.sentAt = now();
      }
      if (entry.page.state === "Resolved") this.#forget(entry);
      const next = Date.parse(entry.page.nextAttemptAt ?? "") - now();
      waits.push(next > 0 ? next : RENEWED_MS);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry);
    const { key } = entry.halt.status?.page ?? entry.page;
    this.#over.set(key, (this.#over.get(key) ?? 0) + 1);
  }

  /** Whether there was a NodeHalt, and is none any more: nothing is to be written about it. */
  #isDeleted({ metadata }: NodeHalt): boolean {
    const known = this.#options.stores.halts.get(keyOf({ metadata }));
    return metadata.uid !== undefined && known?.metadata.uid !== metadata.uid;
  }

  /** One of the halts under this policy that cannot be recorded. */
  under(policyKey: string): UnrecordedHalt | undefined {
    const keyFor = ({ halt, policyKey: last }: Entry) => {
      const policy = policyOf(halt, this.#options.stores);
      return policy === undefined ? last : keyOf(policy);
    };
    return [...this.#entries].find(
      (entry) => entry.page.state !== "Resolving" && keyFor(entry) === policyKey,
    );
  }
}

/** Whether it is the same NodeHalt; or neither has one, and both are of one halt of one node, of which one page tells. */
function isOneHalt({ halt: { metadata, spec } }: Entry, other: NodeHalt): boolean {
  if (metadata.uid !== other.metadata.uid || metadata.namespace !== other.metadata.namespace) return false;
  if (metadata.uid !== undefined) return true;
  return (
    isOneNode(spec, other.spec) &&
    spec.reason === other.spec.reason &&
    !differs(spec.planName, other.spec.planName) &&
    !differs(spec.height, other.spec.height)
  );
}

/** The page as it is told anew. Where all had it, a failure of that is the first. */
function renewed(page: PageRecord, policy: HaltPolicy | undefined): PageRecord {
  const again = toldAnew(page, policy);
  return page.state === "Sent" ? { ...again, attempts: 0 } : again;
}

/** Whether what was to be written fits no schema, or no name is left to it: no time puts that right. */
function isUnfit(error: unknown): boolean {
  return hasCode(error, "invalid", "too-large", "names-taken");
}

/** Whether it was not taken. Who else wrote meanwhile, and who does not lead, refuses nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && !hasCode(error, "conflict", "not-found", "not-leading");
}

function isTold(error: unknown, lastsMs: number): boolean {
  return isSettledRefusal(error, lastsMs) || (isRefusal(error) && lastsMs >= LASTING_MS);
}
