/** Addresses of nodes that a controller can reach: while some are cut off, only those that are named. */
export type Reach = "all" | readonly string[];

/** What a controller is told of it. */
export interface ReachMessage {
  readonly reach: Reach;
}

/** The one loopback address that no pod has: API server and pager are there, and stay reachable. */
const OWN = "127.0.0.1";

export function isReachable(address: string, reach: Reach): boolean {
  return reach === "all" || address === OWN || reach.includes(address);
}
