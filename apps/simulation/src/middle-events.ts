import { annotate } from "./annotate.ts";
import { type NodeHalt, PATHS, pathOfObject } from "./objects.ts";
import { type Dice, pick, type Stage } from "./stage.ts";

/** Where a controller's work is interrupted: between what it read or wrote last and what it does next. */
const POINTS = [
  "before:create-halt",
  "after:create-halt",
  "after:journal-Held",
  "after:journal-Swapping",
  "before:set-image",
  "after:set-image",
  "before:journal-Recreating",
  "after:journal-Recreating",
  "before:delete-pod",
  "after:delete-pod",
  "after:journal-Recovering",
  "after:claim-page",
  "before:send-page",
  "before:confirm-page",
] as const;

/** What somebody does there: another kind of event. */
const KINDS = [
  "pause",
  "abort",
  "unlist",
  "delete-policy",
  "other-chain",
  "drain",
  "scale",
  "strategy",
  "deploy",
  "skip-upgrade",
  "replace-binary",
  "restore-snapshot",
  "deselect",
  "change-selector-label",
  "forget-halt",
  "edit-and-forget",
  "machine-is-gone",
  "forge-halt",
  "take-name",
  "unreadable",
] as const;

/** Something that happens when a controller next comes to a point of its work. */
export interface Armed {
  readonly point: (typeof POINTS)[number];
  readonly kind: (typeof KINDS)[number];
  readonly dice: Dice;
  /** The controller's process ends there as well. */
  readonly kills: boolean;
}

/** What happens in the middle of a controller's work, and nowhere else. */
export const MIDDLE_EVENTS = {
  "in-the-middle": [
    6,
    ({ armed }: Stage, [a, b, c]: Dice) => {
      const [point, kind] = [pick(POINTS, a), pick(KINDS, b)];
      if (point === undefined || kind === undefined) return;
      armed.push({ point, kind, dice: [(c * 7) % 1, (c * 13) % 1, (c * 29) % 1], kills: c < 0.35 });
    },
  ],
  "edit-and-forget": [
    1,
    ({ cluster }: Stage, [a]: Dice) => {
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
    ({ cluster }: Stage, [a]: Dice) => {
      const pod = pick(cluster.pods(), a);
      if (pod !== undefined) cluster.kubelet.removeMachine(pod.spec.nodeName);
    },
  ],
} as const satisfies Record<string, readonly [weight: number, apply: (stage: Stage, dice: Dice) => void]>;
