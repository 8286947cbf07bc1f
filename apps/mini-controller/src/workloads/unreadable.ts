import { hasCode } from "@upgrade-halt/kube";
import type { WorkloadSight } from "../model/workload-sight.ts";

/** How long the API server may fail before that is told of: most faults of a server are over sooner. */
export const LASTING_MS = 60_000;

/**
 * A reading of a workload that the API server may refuse: rights that were taken away, or, once that lasts (`lastsMs`), a fault such
 * as a conversion webhook that is down. That is a sight of its own, since a halt has to be told of all the same. What may be over in
 * a moment is thrown on.
 */
export function orUnreadable(
  reading: Promise<WorkloadSight>,
  what: string,
  lastsMs: number,
): Promise<WorkloadSight> {
  return reading.catch((error: unknown) => {
    if (!isRefusal(error, lastsMs)) throw error;
    return { kind: "unreadable", what, why: error.message };
  });
}

/** Whether the API server refuses to show an object, and has for so long that it is to be told of. */
export function isRefusal(error: unknown, lastsMs: number): error is Error {
  return hasCode(error, "forbidden") || (hasCode(error, "server-error") && lastsMs >= LASTING_MS);
}

/** Longer than a server that has just started refuses what it allows once it knows its roles, in ms. */
export const STARTING_MS = 10_000;

/** The same where it is written down or told of for good, and so must not be the refusal of a server that starts. */
export function isSettledRefusal(error: unknown, lastsMs: number): error is Error {
  return lastsMs >= STARTING_MS && isRefusal(error, lastsMs);
}
