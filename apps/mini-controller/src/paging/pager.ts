import { backoffMs, type KubeApi, messageOf } from "@upgrade-halt/kube";
import type { ConditionDraft } from "../api/condition.ts";
import { cut } from "../api/cut.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { type NodeHalt, type PageRecord, pagesOf } from "../api/node-halt.ts";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { deliver, type PageRequest } from "./delivery.ts";
import { type KnownTargets, targetId } from "./known-targets.ts";
import { pageOf } from "./page.ts";
import { pageRequest } from "./page-request.ts";
import type { PagingHosts } from "./paging-hosts.ts";
import { readSecretKey } from "./secrets.ts";

/** Attempts go on for as long as the journal says Pending: a pager that is down for an hour still gets it. */
export const PAGE_RETRY = { baseMs: 1_000, maxMs: 300_000 } as const;

/** What one attempt at a page came to, to be journaled. */
export interface PageAttempt {
  readonly page: PageRecord;
  readonly condition: ConditionDraft;
}

export interface SendPageOptions {
  readonly api: KubeApi;
  readonly halt: NodeHalt;
  /** Which of the halt's pages, and whether it is to be sent or, once it is resolving, to be taken back. */
  readonly page: PageRecord;
  readonly policy: HaltPolicy | undefined;
  /** The receivers that may be paged. */
  readonly hosts: PagingHosts;
  readonly known: KnownTargets;
  readonly now: () => number;
  /** Brings a request to its receiver (over a connection of its own, unless said). */
  readonly deliver?: ((request: PageRequest) => Promise<void>) | undefined;
}

/** How often it is tried to tell a target that no policy names any more, and that may be gone, of the end of its page. */
const GONE_ATTEMPTS = 5;
/** As many as the schema takes of those that were told. */
const MOST_TOLD = 8;

/**
 * Sends the journaled page, or that it is over, to those of the policy's targets that have not confirmed it yet; that it is
 * over also to those that had it and are named no more. Never rejects.
 */
export async function sendPage({
  api,
  halt,
  page: record,
  policy,
  hosts,
  known,
  now,
  deliver: bring = deliver,
}: SendPageOptions): Promise<PageAttempt> {
  const { namespace = "", generation } = halt.metadata;
  const named = policy?.spec.paging ?? [];
  known.note(namespace, named);
  const isNamed = new Set(named.map(targetId));
  const gone = (record.told ?? []).filter((id) => !isNamed.has(id));
  const isTried = record.attempts < GONE_ATTEMPTS;
  const reachable = isTried ? gone.flatMap((id) => known.get(namespace, id) ?? []) : [];
  const targets = [...named, ...reachable];
  const results = await Promise.allSettled(
    targets.map(async (target) => {
      if (record.delivered.includes(targetId(target)) || firesOn(halt, record, target)) return;
      const means = { hosts, readSecret: (ref: SecretKeyRef) => readSecretKey(api, namespace, ref) };
      const request = await pageRequest(target, pageOf(halt, record), means, now());
      await bring(request);
    }),
  );
  const confirmed = targets.map(targetId).filter((_, index) => results[index]?.status === "fulfilled");
  const delivered = [...new Set([...confirmed, ...record.delivered])].slice(0, MOST_TOLD);
  const untold = gone.filter((id) => !delivered.includes(id));
  const { page, condition } =
    targets.length === 0 && untold.length === 0
      ? withoutTarget(record)
      : attempted({ ...record, delivered, attempts: record.attempts + 1 }, results, untold, now());
  return {
    page,
    condition: generation === undefined ? condition : { ...condition, observedGeneration: generation },
  };
}

/** Whether a later page for the same reason is one alert with this one, which its Alertmanager has: an end would end that, too. */
function firesOn(halt: NodeHalt, { key, reason, state }: PageRecord, target: PagingTarget): boolean {
  if (target.alertmanager === undefined || state !== "Resolving") return false;
  const pages = pagesOf(halt);
  const later = pages.slice(pages.findIndex((page) => page.key === key) + 1);
  return later.some(
    (page) =>
      page.reason === reason && page.resolvedAt === undefined && page.delivered.includes(targetId(target)),
  );
}

function withoutTarget(record: PageRecord): PageAttempt {
  const { nextAttemptAt: _, ...page } = record;
  const state = record.state === "Resolving" ? "Resolved" : record.delivered.length > 0 ? "Sent" : "NoTarget";
  const message = "The policy names nobody to page.";
  return {
    page: { ...page, state },
    condition: { type: "Paged", status: "False", reason: "NoTarget", message },
  };
}

function attempted(
  record: PageRecord,
  results: readonly PromiseSettledResult<void>[],
  untold: readonly string[],
  now: number,
): PageAttempt {
  const { nextAttemptAt: _, lastError: __, ...page } = record;
  const isResolving = record.state === "Resolving";
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) {
    if (untold.length > 0) return untoldForGood(page, untold);
    const told = `Told ${results.length} targets: ${record.reason}`;
    return isResolving
      ? {
          page: { ...page, state: "Resolved" },
          condition: { type: "Paged", status: "False", reason: "Resolved", message: `${told} is over.` },
        }
      : {
          page: { ...page, state: "Sent" },
          condition: { type: "Paged", status: "True", reason: "Sent", message: `${told}.` },
        };
  }
  const lastError = cut(messageOf(failed.reason), 512);
  const nextAttemptAt = new Date(now + backoffMs(record.attempts, PAGE_RETRY)).toISOString();
  return {
    page: { ...page, nextAttemptAt, lastError, state: isResolving ? "Resolving" : "Pending" },
    condition: isResolving
      ? { type: "Paged", status: "True", reason: "ResolutionUndeliverable", message: lastError }
      : { type: "Paged", status: "False", reason: "Undeliverable", message: lastError },
  };
}

/** Where somebody may hold a page for standing whom nobody can tell otherwise, a person has to know. */
function untoldForGood(page: PageRecord, untold: readonly string[]): PageAttempt {
  const message = `${untold.join(", ")}: no policy names it any more, and it was not told that ${page.reason} is over. Resolve it there by hand.`;
  return {
    page: { ...page, state: "Resolved", lastError: cut(message, 512) },
    condition: { type: "Paged", status: "False", reason: "TargetGone", message: cut(message, 1024) },
  };
}
