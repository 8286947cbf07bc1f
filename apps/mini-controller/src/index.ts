/** What a program needs that runs the controller itself, such as a simulation of its cluster. */
export { Controller } from "./controller.ts";
export { Fence } from "./kube/fence.ts";
export { LeaderElection } from "./kube/leader-election.ts";
export { BOUNDARIES, type Boundary, type Operation } from "./model/boundary.ts";
export { PagingHosts } from "./paging/paging-hosts.ts";
export type { Metrics } from "./server/metrics.ts";
