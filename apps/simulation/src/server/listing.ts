import { type Chain, imageOf } from "../cluster/chain.ts";
import type { Simulation } from "../episode/simulation.ts";
import type { Upgrade } from "./objects.ts";

/** The listing that a careful operator makes of a plan: the image of that release. */
export function upgradeOf({ plans }: Chain, index: number): Upgrade {
  const plan = plans[index];
  if (plan === undefined) throw new Error(`the chain has no plan ${index}`);
  return { planName: plan.name, height: plan.height, image: imageOf(index) };
}

/** Lists an upgrade, in the place of another of the same plan. */
export function list({ cluster }: Simulation, upgrade: Upgrade): void {
  const listed = cluster.policy()?.spec.upgrades ?? [];
  const others = listed.filter(({ planName }) => planName !== upgrade.planName);
  cluster.changePolicy({ upgrades: [...others, upgrade] });
}
