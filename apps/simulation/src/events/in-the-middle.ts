import { annotate } from "../branches/annotate.ts";
import type { Simulation } from "../episode/simulation.ts";
import { type NodeHalt, PATHS, pathOfObject } from "../server/objects.ts";
import { KINDS, POINTS } from "./armed.ts";
import { type Dice, pick } from "./dice.ts";

/** What happens in the middle of a controller's work, and nowhere else. */
export const MIDDLE_EVENTS = {
  "in-the-middle": [
    6,
    ({ armed }: Simulation, [a, b, c]: Dice) => {
      const [point, kind] = [pick(POINTS, a), pick(KINDS, b)];
      if (point === undefined || kind === undefined) return;
      armed.push({ point, kind, dice: [(c * 7) % 1, (c * 13) % 1, (c * 29) % 1], kills: c < 0.35 });
    },
  ],
  "edit-and-forget": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const { server } = cluster;
      const halt = pick(server.all<NodeHalt>(PATHS.halts), a);
      if (halt === undefined) return;
      annotate(cluster, halt, { note: "seen" });
      cluster.later(2 + 8 * a, () => {
        if (server.find(PATHS.halts, halt.metadata.namespace, halt.metadata.name) !== undefined)
          server.remove("operator", pathOfObject(PATHS.halts, halt));
      });
    },
  ],
  "machine-is-gone": [
    1,
    ({ cluster }: Simulation, [a]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) cluster.kubelet.removeMachine(pod.spec.nodeName);
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;
