import { CodedError, hasCode, keyOf, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { API_VERSION } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, NodeHaltSpec, PageRecord } from "../api/node-halt.ts";
import { BY_HAND } from "../journal/by-hand.ts";
import { journalMove, pageWords, resolving, timestamp } from "../journal/journal-entry.ts";
import { advice } from "../journal/words.ts";
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
  /** What the API server does not do for it. */
  readonly what: string;
  readonly why: string;
}

interface Entry extends UnrecordedHalt {
  readonly policyKey: string;
  readonly halt: NodeHalt;
  page: PageRecord;
  /** When the page was sent last, in ms since the epoch. */
  sentAt: number;
}

/** How often an Alertmanager is told again, which keeps no alert over a restart and ends one by itself. */
const RENEWED_MS = 300_000;

const REASON = "JournalRefused";
const NOT_CREATED = "takes no NodeHalt of";
const NOT_WRITTEN = "does not take what is to be written about";

/**
 * Halts that cannot be written down, as a quota or an admission webhook refuses their NodeHalts or the status of these. Nothing is done
 * about one, so a person is paged without a journal. It is known to this process alone: the next one pages again by the same key, which
 * receivers know.
 */
export class UnrecordedHalts {
  readonly #options: UnrecordedHaltsOptions;
  /** By the UID of the pod that has no NodeHalt, or of the NodeHalt that can't be written. */
  readonly #entries = new Map<string, Entry>();
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
    if (policy === undefined || !isRefusal(error) || (page?.reason === REASON && page.state === "Sent"))
      return;
    const lastsMs = this.#refused.note(uid);
    if ((isUnfit(error) && page?.reason !== REASON) || isTold(error, lastsMs))
      this.#add(uid, halt, policy, NOT_WRITTEN, error);
  }

  #add(id: string, unwritten: NodeHalt, policy: HaltPolicy, what: string, error: unknown): void {
    const { log, now, onChange } = this.#options;
    if (this.#entries.has(id)) return;
    const { podName } = unwritten.spec;
    const why = messageOf(error);
    const message = {
      found: `The API server ${what} it, so nothing is done about this halt: ${why.replace(/\.?$/, ".")}`,
      toDo: advice`Let it be written. ${BY_HAND}`,
    };
    const page = { reason: REASON, summary: pageWords(unwritten, "halted", message) };
    const { status } = journalMove(unwritten, { phase: "Held", reason: REASON, message, page }, now());
    if (status.page?.reason !== REASON) return;
    const halt = { ...unwritten, status };
    this.#entries.set(id, {
      podName,
      what,
      why,
      policyKey: keyOf(policy),
      halt,
      page: status.page,
      sentAt: 0,
    });
    log.warn({ object: keyOf(halt), error: why }, "a halt can't be recorded");
    onChange(keyOf(policy), podKeyOf(halt));
  }

  /** What has this UID is written down by now, or there is nothing to be written. */
  over(id: string): void {
    this.#refused.over(id);
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.page.state === "Resolving") return;
    if (entry.page.attempts === 0) this.#entries.delete(id);
    else entry.page = resolving(entry.page, timestamp(this.#options.now()));
    this.#options.onChange(entry.policyKey, podKeyOf(entry.halt));
  }

  /** Sends what is due about the pods of this name; the milliseconds until more is, if any. */
  async tell(podKey: string): Promise<number | undefined> {
    const { send, now, stores } = this.#options;
    const waits: number[] = [];
    for (const [id, entry] of this.#entries) {
      const { halt } = entry;
      if (podKeyOf(halt) !== podKey) continue;
      if (this.#isDeleted(halt)) this.over(id);
      const policy = policyOf(halt, stores);
      if (!this.#entries.has(id) || policy?.spec.dryRun === true) continue;
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
      if (entry.page.state === "Resolved") this.#entries.delete(id);
      const next = Date.parse(entry.page.nextAttemptAt ?? "") - now();
      waits.push(next > 0 ? next : RENEWED_MS);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
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
    return [...this.#entries.values()].find(
      (entry) => entry.page.state !== "Resolving" && keyFor(entry) === policyKey,
    );
  }
}

/** The page as it is told anew. Where all had it, a failure of that is the first. */
function renewed(page: PageRecord, policy: HaltPolicy | undefined): PageRecord {
  const again = toldAnew(page, policy);
  return page.state === "Sent" ? { ...again, attempts: 0 } : again;
}

/** Whether what was to be written fits no schema: no time puts that right. */
function isUnfit(error: unknown): boolean {
  return hasCode(error, "invalid", "too-large");
}

/** Whether it was not taken. Who else wrote meanwhile, and who does not lead, refuses nothing. */
function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && !hasCode(error, "conflict", "not-found", "not-leading");
}

function isTold(error: unknown, lastsMs: number): boolean {
  return isSettledRefusal(error, lastsMs) || (isRefusal(error) && lastsMs >= LASTING_MS);
}
