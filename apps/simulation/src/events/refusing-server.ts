import type { Simulation } from "../episode/simulation.ts";
import { PATHS, pathOfObject } from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

/** An API server that refuses or rewrites what is written, as by a quota, a webhook, rights, a finalizer, or definitions of another release. */
export const REFUSING_EVENTS = {
  "refuse-halts": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) =>
      setForAWhile(
        cluster,
        "takesNoHalts",
        pick(["forbidden", "server-error"] as const, a),
        30_000 + b * 600_000,
      ),
  ],
  "refuse-status": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) =>
      setForAWhile(
        cluster,
        "takesNoStatus",
        pick(["forbidden", "server-error", "too-large"] as const, a),
        30_000 + b * 600_000,
      ),
  ],
  "rewrite-images": [
    2,
    ({ cluster }: Simulation, [a, b]: Dice) =>
      setForAWhile(
        cluster,
        "rewritesImages",
        pick(["forbidden", "back", "to-another"] as const, a),
        1_000 + b * 60_000,
      ),
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

type Cluster = Simulation["cluster"];
type Fault = "takesNoHalts" | "takesNoStatus" | "rewritesImages";

function setForAWhile<F extends Fault>(
  cluster: Cluster,
  fault: F,
  kind: Cluster["server"][F],
  ms: number,
): void {
  const { server }: { server: Partial<Pick<Cluster["server"], Fault>> } = cluster;
  server[fault] = kind;
  cluster.later(ms, () => {
    server[fault] = undefined;
  });
}
