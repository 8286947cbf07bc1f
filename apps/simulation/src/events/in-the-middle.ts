import { annotate } from "../branches/annotate.ts";
import { imageOf } from "../cluster/chain.ts";
import type { Simulation } from "../episode/simulation.ts";
import { upgradeOf } from "../server/listing.ts";
import { type NodeHalt, PATHS, pathOfObject } from "../server/objects.ts";
import { type Armed, KINDS, POINTS } from "./armed.ts";
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

/** The same, aimed at one point each, and in rare clusters alone. */
export const AIMED_EVENTS = {
  "pause-while-late": [
    2,
    ({ armed }: Simulation, dice: Dice) => {
      const point = pick(["after:journal-Swapping", "after:journal-Recreating"] as const, dice[0]);
      if (point === undefined) return;
      armed.push({ ...once(point, "pause", dice), lateMs: 500 + dice[1] * 3_000 });
    },
  ],
  "unlist-when-begun": [
    1,
    ({ armed }: Simulation, dice: Dice) =>
      armed.push(once("after:journal-Swapping", "pause-and-unlist", dice)),
  ],
  "pause-and-unlist": [
    1,
    ({ cluster, chain }: Simulation, [a, b]: Dice) => {
      cluster.changePolicy({ paused: true });
      const upgrades = cluster.policy()?.spec.upgrades ?? [];
      const wrong = (index: number) => ({ ...upgradeOf(chain, index), image: imageOf(index + 1) });
      cluster.later(25_000, () =>
        cluster.changePolicy({ upgrades: a < 0.6 ? [] : upgrades.map((_, index) => wrong(index)) }),
      );
      cluster.later(50_000 + b * 20_000, () => cluster.changePolicy({ paused: false }));
    },
  ],
  "spend-when-begun": [
    1,
    ({ cluster, chain, armed }: Simulation, dice: Dice) => {
      cluster.changePolicy({
        upgrades: chain.plans.map((_, index) => upgradeOf(chain, index)),
        recoveryTimeoutSeconds: 1 + Math.floor(dice[1] * 5),
        errorBudget: 5,
        maxConcurrent: 1,
      });
      armed.push(once("after:journal-Swapping", "pause-and-spend", dice));
    },
  ],
  "pause-and-spend": [
    1,
    ({ cluster, armed }: Simulation, dice: Dice) => {
      const halts = cluster.server.all<NodeHalt>(PATHS.halts);
      if (!halts.some(({ status }) => status?.phase === "Failed")) {
        armed.push(once("after:journal-Swapping", "pause-and-spend", dice));
        return;
      }
      cluster.changePolicy({ paused: true, errorBudget: 1 });
      cluster.later(30_000, () => cluster.changePolicy({ paused: false }));
    },
  ],
  "drain-as-recorded": [
    1,
    ({ cluster, chain, armed }: Simulation, dice: Dice) => {
      for (const pod of cluster.pods()) {
        cluster.validators.ofPod(pod.metadata.name, chain).movedTo = "another-1";
        cluster.kubelet.restart(pod, 0);
      }
      armed.push({ ...once("after:create-halt", "drain", dice), kills: true });
    },
  ],
  "forget-as-told": [
    2,
    ({ armed }: Simulation, dice: Dice) =>
      armed.push(once("before:confirm-page", "forget-for-a-while", dice)),
  ],
  "forget-for-a-while": [
    1,
    ({ cluster }: Simulation, [a, b]: Dice) => {
      const { server } = cluster;
      const isOnItsWay = ({ status }: NodeHalt) => status?.page?.state === "Pending";
      const halt = pick(server.all<NodeHalt>(PATHS.halts).filter(isOnItsWay), a);
      if (halt === undefined) return;
      server.remove("operator", pathOfObject(PATHS.halts, halt));
      server.takesNoHalts = "server-error";
      cluster.later(1_000 + b * 10_000, () => {
        server.takesNoHalts = undefined;
      });
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** The same, in odd clusters alone. */
export const AIMED_ODD_EVENTS = {
  "gone-before-deleted": [
    2,
    ({ armed }: Simulation, dice: Dice) => armed.push(once("before:delete-pod", "machines-are-gone", dice)),
  ],
  "machines-are-gone": [
    1,
    ({ cluster }: Simulation) => {
      for (const pod of cluster.pods()) cluster.kubelet.removeMachine(pod.spec.nodeName);
    },
  ],
  "pin-as-deleted": [
    2,
    ({ armed }: Simulation, [a, b, c]: Dice) =>
      armed.push(once("before:delete-pod", "pin-release", [a * 0.6, b, c])),
  ],
  "abort-when-begun": [
    2,
    ({ armed }: Simulation, dice: Dice) => {
      const point = pick(
        ["after:journal-Swapping", "after:set-image", "before:delete-pod"] as const,
        dice[0],
      );
      if (point !== undefined) armed.push(once(point, "abort-what-swaps", dice));
    },
  ],
  "abort-what-swaps": [
    1,
    ({ cluster }: Simulation) => {
      for (const halt of cluster.server.all<NodeHalt>(PATHS.halts))
        if (["Swapping", "Recreating"].includes(halt.status?.phase ?? ""))
          annotate(cluster, halt, { "upgrade-halt.dev/abort": "true" });
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

function once(point: Armed["point"], kind: Armed["kind"], dice: Dice): Armed {
  return { point, kind, dice, kills: false };
}
