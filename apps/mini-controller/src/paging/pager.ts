import type { Dispatcher } from "undici";
import type { ConditionDraft } from "../api/condition.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, PageRecord } from "../api/node-halt.ts";
import { messageOf } from "../controller-error.ts";
import type { KubeApi } from "../kube/types.ts";
import { backoffMs } from "../queue/backoff.ts";
import { deliver } from "./delivery.ts";
import { pageOf } from "./page.ts";
import { pageRequest } from "./page-request.ts";
import { readSecretKey } from "./secrets.ts";

/** Attempts go on for as long as the journal says Pending: a pager that is down for an hour still gets it. */
export const PAGE_RETRY = { baseMs: 1_000, maxMs: 300_000 } as const;

/** What one attempt at a page came to, to be journaled. */
export interface PageAttempt {
  readonly page: PageRecord;
  readonly condition: ConditionDraft;
}

/** Sends the journaled page to those of the policy's targets that have not confirmed it yet. Never rejects. */
export async function sendPage(
  api: KubeApi,
  halt: NodeHalt,
  policy: HaltPolicy | undefined,
  now: () => number,
  dispatcher?: Dispatcher,
): Promise<PageAttempt | undefined> {
  const record = halt.status?.page;
  if (record === undefined) return undefined;
  const targets = policy?.spec.paging ?? [];
  if (targets.length === 0) return withoutTarget(record);
  const namespace = halt.metadata.namespace ?? "";
  const results = await Promise.allSettled(
    targets.map(async (target, index) => {
      if (record.delivered.includes(index)) return;
      const request = await pageRequest(target, pageOf(halt, record), (ref) =>
        readSecretKey(api, namespace, ref),
      );
      await deliver(request, dispatcher);
    }),
  );
  return attempted(record, results, now());
}

function withoutTarget(record: PageRecord): PageAttempt {
  const { nextAttemptAt: _, ...page } = record;
  const message = "The policy names nobody to page.";
  return {
    page: { ...page, state: "NoTarget" },
    condition: { type: "Paged", status: "False", reason: "NoTarget", message },
  };
}

function attempted(
  record: PageRecord,
  results: readonly PromiseSettledResult<void>[],
  now: number,
): PageAttempt {
  const delivered = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  const attempts = record.attempts + 1;
  const { nextAttemptAt: _, lastError: __, ...rest } = record;
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) {
    const message = `Told ${delivered.length} of ${results.length} targets: ${record.reason}.`;
    return {
      page: { ...rest, delivered, attempts, state: "Sent" },
      condition: { type: "Paged", status: "True", reason: "Sent", message },
    };
  }
  const lastError = messageOf(failed.reason).slice(0, 512);
  const nextAttemptAt = new Date(now + backoffMs(attempts, PAGE_RETRY)).toISOString();
  return {
    page: { ...rest, delivered, attempts, nextAttemptAt, lastError, state: "Pending" },
    condition: { type: "Paged", status: "False", reason: "Undeliverable", message: lastError },
  };
}
