import type { Chain } from "./cluster/chain.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Armed } from "./middle-events.ts";
import type { Network } from "./network.ts";
import type { Pager } from "./pager.ts";
import type { Replica } from "./replica.ts";

/** What an episode is played with. */
export interface Stage {
  readonly cluster: Cluster;
  readonly network: Network;
  readonly pager: Pager;
  readonly replicas: readonly Replica[];
  readonly chain: Chain;
  /** What is to happen in the middle of a controller's work. */
  readonly armed: Armed[];
}

/** In [0, 1): which pod, which plan, which release, how long. */
export type Dice = readonly [number, number, number];

/** The choice that a die falls on; `undefined` where there is none. */
export function pick<T>(choices: readonly T[], die: number): T | undefined {
  return choices[Math.floor(die * choices.length)];
}
