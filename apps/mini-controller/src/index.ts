/** What a program needs that runs the controller itself, such as a simulation of its cluster. */
export { HaltPolicySpecSchema } from "./api/halt-policy.ts";
export { Controller, type ControllerOptions } from "./controller.ts";
export { ControllerError, hasCode } from "./controller-error.ts";
export { BOUNDARIES, type Boundary } from "./halts/boundary.ts";
export { Fence } from "./kube/fence.ts";
export { LeaderElection } from "./kube/leader-election.ts";
export type { JsonPatchOperation, KubeApi, KubeList, KubeObject, Query, WatchEvent } from "./kube/types.ts";
export { PagingHosts } from "./paging/paging-hosts.ts";
export type { Metrics } from "./server/metrics.ts";
