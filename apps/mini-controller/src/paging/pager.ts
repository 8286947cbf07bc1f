import { createHash } from "node:crypto";
import { backoffMs, type KubeApi, messageOf } from "@upgrade-halt/kube";
import type { ConditionDraft } from "../api/condition.ts";
import { cut } from "../api/cut.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, PageRecord } from "../api/node-halt.ts";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { deliver, type PageRequest } from "./delivery.ts";
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
  readonly now: () => number;
  /** Brings a request to its receiver (over a connection of its own, unless said). */
  readonly deliver?: ((request: PageRequest) => Promise<void>) | undefined;
}

/** Sends the journaled page, or that it is over, to those of the policy's targets that have not confirmed it yet. Never rejects. */
export async function sendPage({
  api,
  halt,
  page: record,
  policy,
  hosts,
  now,
  deliver: bring = deliver,
}: SendPageOptions): Promise<PageAttempt> {
  const targets = policy?.spec.paging ?? [];
  const { namespace = "", generation } = halt.metadata;
  const results = await Promise.allSettled(
    targets.map(async (target) => {
      if (record.delivered.includes(targetId(target))) return;
      const means = { hosts, readSecret: (ref: SecretKeyRef) => readSecretKey(api, namespace, ref) };
      const request = await pageRequest(target, pageOf(halt, record), means, now());
      await bring(request);
    }),
  );
  const delivered = targets.map(targetId).filter((_, index) => results[index]?.status === "fulfilled");
  const { page, condition } =
    targets.length === 0
      ? withoutTarget(record)
      : attempted({ ...record, delivered, attempts: record.attempts + 1 }, results, now());
  return {
    page,
    condition: generation === undefined ? condition : { ...condition, observedGeneration: generation },
  };
}

/** Tells targets apart by what they say: a list that is changed between two attempts skips and doubles none. */
export function targetId(target: PagingTarget): string {
  const hash = createHash("sha256").update(JSON.stringify(target)).digest("hex");
  return `${Object.keys(target)[0]}-${hash.slice(0, 12)}`;
}

function withoutTarget(record: PageRecord): PageAttempt {
  const { nextAttemptAt: _, ...page } = record;
  const message = "The policy names nobody to page.";
  return {
    page: { ...page, state: record.state === "Resolving" ? "Resolved" : "NoTarget" },
    condition: { type: "Paged", status: "False", reason: "NoTarget", message },
  };
}

function attempted(
  record: PageRecord,
  results: readonly PromiseSettledResult<void>[],
  now: number,
): PageAttempt {
  const { nextAttemptAt: _, lastError: __, ...page } = record;
  const isResolving = record.state === "Resolving";
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) {
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
