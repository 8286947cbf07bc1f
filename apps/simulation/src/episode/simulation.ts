import type { Chain } from "../cluster/chain.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Armed } from "../events/armed.ts";
import type { Network } from "./network.ts";
import type { Pager } from "./pager.ts";
import type { Replica } from "./replica.ts";

/** What an episode is played with. */
export interface Simulation {
  readonly cluster: Cluster;
  readonly network: Network;
  readonly pager: Pager;
  readonly replicas: readonly Replica[];
  readonly chain: Chain;
  /** What is to happen in the middle of a controller's work. */
  readonly armed: Armed[];
}
