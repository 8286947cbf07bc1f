import { hasCode, keyOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { API_VERSION } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, NodeHaltSpec, PageRecord } from "../api/node-halt.ts";
import { journalMove, resolving, timestamp } from "../journal/journal-entry.ts";
import type { PageAttempt, SendPageOptions } from "../paging/pager.ts";
import { isSettledRefusal } from "../workloads/unreadable.ts";

export interface UnrecordedHaltsOptions {
  readonly send: (page: Pick<SendPageOptions, "halt" | "page" | "policy">) => Promise<PageAttempt>;
  /** The policy with this key as it is now. */
  readonly policyOf: (policyKey: string) => HaltPolicy | undefined;
  /** Told of a policy (by its key) that has such a halt, or has it no more. */
  readonly onChange: (policyKey: string) => void;
  readonly log: Logger;
  readonly now: () => number;
}

/** A halt for which the API server took no NodeHalt, and why. */
export interface UnrecordedHalt {
  readonly podName: string;
  readonly why: string;
}

interface Entry extends UnrecordedHalt {
  readonly podKey: string;
  readonly policyKey: string;
  readonly halt: NodeHalt;
  page: PageRecord;
}

const REASON = "JournalRefused";

/**
 * Halts that cannot be recorded, as a quota or an admission webhook refuses their NodeHalts. Nothing is done about one, so a person
 * is paged without a journal. It is known to this process alone: the next one pages again by the same key, which receivers know.
 */
export class UnrecordedHalts {
  readonly #options: UnrecordedHaltsOptions;
  /** By the pod's UID. */
  readonly #entries = new Map<string, Entry>();
  /** By the pod's UID: since when its halt could not be recorded. */
  readonly #since = new Map<string, number>();

  constructor(options: UnrecordedHaltsOptions) {
    this.#options = options;
  }

  /** Takes note of a refusal. One that may be over in a moment is told of once it lasts. */
  note(namespace: string, name: string, spec: NodeHaltSpec, policy: HaltPolicy, error: unknown): void {
    const { log, now, onChange } = this.#options;
    const { podUID, podName, verdict } = spec;
    const since = this.#since.get(podUID) ?? now();
    this.#since.set(podUID, since);
    const isInvalid = hasCode(error, "invalid", "too-large");
    if (!isInvalid && !isSettledRefusal(error, Math.abs(now() - since))) return;
    if (this.#entries.has(podUID)) return;
    const why = error instanceof Error ? error.message : String(error);
    const message = `The API server takes no NodeHalt of it, so nothing is done about this halt: ${why} Let it be recorded, or upgrade the node yourself.`;
    const kind = { apiVersion: API_VERSION, kind: "NodeHalt" } as const;
    const unwritten: NodeHalt = { ...kind, metadata: { name, namespace }, spec };
    const page = { reason: REASON, summary: `${namespace}/${podName} halted: ${verdict} ${message}` };
    const { status } = journalMove(unwritten, { phase: "Held", reason: REASON, message, page }, now());
    if (status.page === undefined) return;
    const halt = { ...unwritten, status };
    this.#entries.set(podUID, {
      ...{ podName, why, policyKey: keyOf(policy), halt, page: status.page },
      podKey: `${namespace}/${podName}`,
    });
    log.warn({ object: `${namespace}/${name}`, error: why }, "a halt can't be recorded");
    onChange(keyOf(policy));
  }

  /** The halt of this pod is recorded by now, or there is none. */
  over(podUID: string): void {
    this.#since.delete(podUID);
    const entry = this.#entries.get(podUID);
    if (entry === undefined || entry.page.state === "Resolving") return;
    entry.page = resolving(entry.page, timestamp(this.#options.now()));
    this.#options.onChange(entry.policyKey);
  }

  /** Sends what is due about the pods of this name; the milliseconds until more is, if any. */
  async tell(podKey: string): Promise<number | undefined> {
    const { send, now, policyOf } = this.#options;
    const waits: number[] = [];
    for (const [podUID, entry] of this.#entries) {
      const { halt, page } = entry;
      const policy = policyOf(entry.policyKey);
      if (entry.podKey !== podKey || page.state === "Sent" || policy?.spec.dryRun === true) continue;
      if (page.state === "NoTarget" && (policy?.spec.paging.length ?? 0) === 0) continue;
      const left = Date.parse(page.nextAttemptAt ?? "") - now();
      if (!(left > 0)) entry.page = (await send({ halt, page, policy })).page;
      if (entry.page.state === "Resolved") this.#entries.delete(podUID);
      const next = Date.parse(entry.page.nextAttemptAt ?? "") - now();
      if (next > 0) waits.push(next);
    }
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** One of the halts under this policy that cannot be recorded. */
  under(policyKey: string): UnrecordedHalt | undefined {
    return [...this.#entries.values()].find(
      (entry) => entry.policyKey === policyKey && entry.page.state !== "Resolving",
    );
  }
}
