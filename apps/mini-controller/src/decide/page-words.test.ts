import { expect, test } from "vitest";
import type { NodeHalt, Phase } from "../api/node-halt.ts";
import { BY_HAND } from "../journal/by-hand.ts";
import { textOf } from "../journal/words.ts";
import {
  groupWith,
  HALTED,
  haltWith,
  NOW,
  observe,
  policyWith,
  type Scene,
  SEEN,
  SENT,
  siblingWith,
  workloadWith,
} from "../testing/observations.ts";
import { nextMove } from "./next-move.ts";

const digest = (letter: string) => `ghcr.io/sei-protocol/sei@sha256:${letter.repeat(64)}`;
const [OLD, NEW, THIRD] = [digest("a"), digest("b"), digest("c")];
const policy = policyWith({ upgrades: [{ planName: "v6.7", height: 30, image: NEW }] });
const pod = { ...HALTED, image: OLD };
const podNames = ["sei-validator-0", "sei-validator-1", "sei-validator-2"];
const group = groupWith({ what: "StatefulSet sei-validator", image: OLD, podNames });
const running = siblingWith({ name: "sei-validator-1", group, image: OLD });
const halt = haltWith({
  podName: "sei-validator-2",
  image: OLD,
  verdict:
    "It halted for upgrade_required (plan v6.7 at height 30), as exit-code, plan-line, last-height, listed-plan agree.",
});

function pageOf(scene: Scene): string {
  const move = nextMove(observe({ halt, policy, pod, siblings: [running], ...scene }));
  if (move.kind !== "journal") throw new Error(`it is to ${move.kind}`);
  return move.status.page?.summary ?? "";
}

const workload = { what: "StatefulSet sei/sei-validator", image: OLD, groups: [group] };
const CAUTION =
  "Wait until these pods of the same template have halted, too, which it would restart: sei-validator-1 (runs).";

test.each<[string, readonly string[], Scene]>([
  [
    "Argo CD decides the image",
    ["Set the image in Argo CD application", CAUTION],
    {
      workload: workloadWith({
        ...workload,
        manager: {
          who: "Argo CD application sei-validator:apps/StatefulSet:sei/sei-validator",
          by: "its annotation argocd.argoproj.io/tracking-id",
        },
      }),
    },
  ],
  ["somebody set a third image", [CAUTION], { workload: workloadWith({ ...workload, image: THIRD }) }],
  [
    "its pods have no grace period",
    [
      "First set the updateStrategy of the StatefulSet to OnDelete. Then set terminationGracePeriodSeconds to 30",
      "delete each pod that has halted by kubectl delete pod --grace-period=30.",
      CAUTION,
    ],
    {
      workload: workloadWith(workload),
      pod: { ...pod, isTakenAtOnce: true },
      siblings: [{ ...running, isTakenAtOnce: true }],
    },
  ],
  [
    "its pod came back with the image that halted",
    ["see whether a partition", CAUTION],
    {
      halt: haltWith(halt.spec, {
        ...{ phase: "Recreating", seen: SEEN, toImage: NEW, fromImage: OLD },
        deletedPodUID: "uid-0",
      }),
      workload: workloadWith({ ...workload, image: NEW }),
    },
  ],
  [
    "whether it halted is not known",
    ["if it has a halt line, start the release that it asks for.", CAUTION],
    { halt: haltWith({ ...halt.spec, reason: "log_not_read", verdict: "v".repeat(1024) }) },
  ],
])("a page has each step that it asks for, and whom that would restart, where %s", (_, words, scene) => {
  const page = pageOf(scene);
  for (const each of words) expect(page).toContain(each);
});

test("a page names the node and what may run beside it, however long the names", () => {
  const twins = [{ pod: `sei/${"t".repeat(249)}`, shares: "PersistentVolumeClaim sei/data" }];
  const detectedAt = new Date(NOW - 60_000).toISOString();
  const page = pageOf({
    halt: haltWith({ ...halt.spec, detectedAt, podName: "p".repeat(253), verdict: "v".repeat(1024) }),
    ...{ siblings: [], twins, workload: workloadWith(workload) },
  });
  expect(page).toMatch(
    /^sei\/p+…p* halted \(upgrade_required\): Another pod may run as the same validator as p+/,
  );
  expect(page).toMatch(
    /: sei\/t+… ?t+\. It was not seen to end\. Two processes of one validator sign twice: see which/,
  );
});

test.each<[string, Scene]>([
  ["a newer controller went on with it", { halt: haltWith({}, { phase: "Parked" as Phase }) }],
  [
    "nobody can prove whose it is",
    { workload: { kind: "disowned", what: "x", why: "It has 1001 replicas." } },
  ],
])("a page says what to see before the node's image is set by hand, where %s", (_, scene) => {
  expect(pageOf(scene)).toContain(textOf({ toDo: BY_HAND }, 512));
});

test.each<[string, Scene]>([
  ["no policy selects it any more", { selected: false }],
  ["the policy names another container", { policy: policyWith({ container: "other" }) }],
  [
    "a newer controller went on with it",
    { halt: haltWith({ reason: "binary_too_new" }, { phase: "Parked" as Phase }) },
  ],
  [
    "nobody can prove whose it is",
    { workload: { kind: "disowned", what: "x", why: "It has 1001 replicas." } },
  ],
])("a page about a binary that is too new does not ask to upgrade it, where %s", (_, scene) => {
  const tooNew = haltWith({ ...halt.spec, reason: "binary_too_new", verdict: "It halted." });
  expect(pageOf({ halt: tooNew, previousImage: NEW, ...scene })).not.toMatch(/upgrade (it|the node|them)/);
});

/** How often a halt is written in a row, nothing else having changed; 24 times are a fault to the reconciler. */
function writes(nameLength: number): number {
  const nameOf = (ordinal: number) => `${"validators-of-pacific-".padEnd(nameLength - 2, "x")}-${ordinal}`;
  const names = [0, 1, 2, 3, 4, 5].map(nameOf);
  const siblings = names.slice(0, 5).map((name, index) =>
    siblingWith({
      ...{ name, index, group: groupWith({ podNames: names }), image: OLD },
      state: { kind: "not-halted", found: "did not announce its halt, and spec.inferredHalts is not Act" },
    }),
  );
  const what = `StatefulSet mainnet/${nameOf(5).slice(0, -2)}`;
  let own: NodeHalt = haltWith({ podName: nameOf(5), image: OLD });
  const scene = { policy, pod, siblings, workload: workloadWith({ what, image: THIRD, generation: 2 }) };
  for (let count = 0; count < 24; count += 1) {
    const move = nextMove(observe({ ...scene, halt: own, now: NOW + count }));
    if (move.kind !== "journal") return count;
    const page = move.status.page && { ...move.status.page, ...SENT };
    own = { ...own, status: { ...move.status, ...(page && { page }) } };
  }
  return 24;
}

test.each([20, 52, 253])("a halt whose pods have names of %i characters is written once", (length) => {
  expect(writes(length)).toBe(1);
});
