import { headAt, imageOf, taggedImageOf } from "../cluster/chain.ts";
import type { Simulation } from "../episode/simulation.ts";
import { isControlledBy, PATHS, pathOfObject } from "../server/objects.ts";
import { type Armed, POINTS } from "./armed.ts";
import { type Dice, pick } from "./dice.ts";

/** What somebody does in the middle of a rollback. */
const MEANWHILE = ["abort", "pause", "drain", "replace-binary", "deploy", "choose-actions"] as const;

/** A release that is put in too early, by which its nodes end with 71 and are taken back. */
export const ROLLBACK_EVENTS = {
  "deploy-too-early": [
    3,
    ({ cluster, chain, armed }: Simulation, [a, b, c]: Dice) => {
      const set = pick(cluster.sets(), a);
      const next = chain.plans.findIndex(
        ({ height, isMinor }) => !isMinor && height > headAt(cluster.now) + 10,
      );
      if (set === undefined || next < 0) return;
      const { name, uid } = set.metadata;
      cluster.changePolicy({ actions: { binaryTooNew: "RollBack" } });
      const image = (b * 8) % 1 < 0.3 ? taggedImageOf(next) : imageOf(next);
      if ((a * 8) % 1 < 0.15) cluster.kubelet.digests = false;
      const updateStrategy = b < 0.5 ? ({ type: "OnDelete" } as const) : ({ type: "RollingUpdate" } as const);
      cluster.changeSet(name, (spec) => {
        const containers = spec.template.spec.containers.map((container, index) =>
          index === 0 ? { ...container, image } : container,
        );
        const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
        return { ...spec, updateStrategy, template };
      });
      const own = cluster.pods().filter(isControlledBy(uid));
      for (const pod of b < 0.25 ? own : own.slice(-1))
        if (b < 0.5) cluster.server.remove("operator", pathOfObject(PATHS.pods, pod));
      const [point, kind] = [pick(POINTS, c), pick(MEANWHILE, (c * 37) % 1)];
      if (point !== undefined && kind !== undefined && (c * 11) % 1 < 0.6)
        armed.push({ point, kind, dice: [a, b, c], kills: false } satisfies Armed);
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;
