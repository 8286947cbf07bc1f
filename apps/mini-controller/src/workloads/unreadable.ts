import { hasCode } from "../controller-error.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";

/**
 * A reading of a workload that the API server may refuse: rights that were taken away, a conversion webhook that is down. That is a
 * sight of its own, since a halt has to be told of all the same. What is over by itself soon is thrown on.
 */
export function orUnreadable(reading: Promise<WorkloadSight>, what: string): Promise<WorkloadSight> {
  return reading.catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    return { kind: "unreadable", what, why: error.message };
  });
}

/** Whether the API server refused to show an object, for longer than a moment perhaps. */
export function isRefusal(error: unknown): error is Error {
  return hasCode(error, "forbidden", "server-error") && error.retryAfterMs === undefined;
}
