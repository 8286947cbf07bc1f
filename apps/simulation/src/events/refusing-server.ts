import type { Simulation } from "../episode/simulation.ts";
import { PATHS, pathOfObject } from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

/** An API server that refuses or rewrites what is written, as by a quota, a webhook, rights, a finalizer, or definitions of another release. */
export const REFUSING_EVENTS = {
  "refuse-halts": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { server } = cluster;
      server.takesNoHalts = pick(["forbidden", "server-error"] as const, a);
      cluster.later(30_000 + b * 600_000, () => {
        server.takesNoHalts = undefined;
      });
    },
  ],
  "refuse-status": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { server } = cluster;
      server.takesNoStatus = pick(["forbidden", "server-error", "too-large"] as const, a);
      cluster.later(30_000 + b * 600_000, () => {
        server.takesNoStatus = undefined;
      });
    },
  ],
  "rewrite-images": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { server } = cluster;
      server.rewritesImages = pick(["forbidden", "back", "to-another"] as const, a);
      cluster.later(1_000 + b * 60_000, () => {
        server.rewritesImages = undefined;
      });
    },
  ],
  "end-policy": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const policy = cluster.policy();
      if (policy === undefined) return;
      const path = pathOfObject(PATHS.policies, policy);
      cluster.server.beginRemoval("operator", path);
      cluster.later(1_000 + b * 120_000, () => {
        cluster.server.endRemoval("operator", path);
        if (a < 0.7) cluster.createPolicy(policy.spec);
      });
    },
  ],
  "refuse-what-is-seen": [
    1,
    ({ cluster: { server } }: Simulation, [a]: Dice) => {
      server.definitions = a < 0.7 ? "short-seen" : "of-now";
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;
