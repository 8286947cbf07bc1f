import { expect, test } from "vitest";
import { ANNOTATION_ABORT } from "../../api/group.ts";
import { advice, NO_ADVICE, textOf } from "../../journal/words.ts";
import {
  groupWith,
  HALTED,
  haltWith,
  NEW,
  OLD,
  observe,
  policyWith,
  type Scene,
  siblingWith,
  workloadWith,
} from "../../testing/observations.ts";
import { notYet } from "./not-yet.ts";
import type { Proposal } from "./refusal.ts";
import { refusalOf } from "./refusals.ts";

const PROPOSAL: Proposal = { step: "decide", action: "SwapImage", image: NEW };
const WITHOUT_GRACE = { ...HALTED, isTakenAtOnce: true };
const DEPLOYMENT = workloadWith({
  replacesPods: true,
  groups: [groupWith({ strategy: { kind: "Recreate", replicas: 1 } })],
});
const DEPLOYMENT_REF = { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", name: "sei" };
/** The pod has its image by a mirror's name, the template it was made from by the plain one. */
const BY_MIRROR = `mirror.local/${OLD}`;
const mirroredBy = (group: Parameters<typeof groupWith>[0]) =>
  workloadWith({ image: OLD, generation: 2, groups: [groupWith({ uid: "set-1", ...group })] });
const MIRRORED: Scene = {
  halt: haltWith({ image: BY_MIRROR }),
  pod: { ...HALTED, image: BY_MIRROR, controller: "set-1", revision: "old" },
  workload: mirroredBy({}),
};
const DELETED_POLICY: Scene = {
  policy: {
    ...policyWith(),
    metadata: { ...policyWith().metadata, deletionTimestamp: "2026-08-21T17:00:00Z" },
  },
};
const NOBODY = { swapping: 0, failed: 0, isUntold: false };

const cases: readonly (readonly [string, Scene, Proposal["step"], string | undefined])[] = [
  ["nothing speaks against it", {}, "decide", undefined],
  ["nothing speaks against the image", {}, "set-image", undefined],
  [
    "nothing speaks against the deletion",
    { workload: workloadWith({ image: NEW }) },
    "delete-pod",
    undefined,
  ],
  [
    "a copy of the journal",
    { halt: { ...haltWith(), metadata: { ...haltWith().metadata, name: "copy" } } },
    "set-image",
    "NotTheJournal",
  ],
  [
    "a policy with a field that only a newer controller knows",
    { policy: { ...policyWith(), unknown: ["spec.window"] } },
    "delete-pod",
    "PolicyNewer",
  ],
  ["no policy", { policy: null }, "delete-pod", "PolicyMissing"],
  ["a policy that somebody deleted before the image", DELETED_POLICY, "set-image", "PolicyMissing"],
  ["a policy that somebody deleted before the deletion", DELETED_POLICY, "delete-pod", "PolicyMissing"],
  [
    "a pod that only claims its owner",
    { workload: { kind: "disowned", what: "x", why: "y" } },
    "set-image",
    "NotTheOwner",
  ],
  ["no workload", { workload: { kind: "missing", what: "x" } }, "set-image", "WorkloadMissing"],
  ["the image that halted", { halt: haltWith({ image: NEW }) }, "decide", "ImageDoesNotHelp"],
  [
    "a third image",
    { workload: workloadWith({ image: "x", generation: 2 }) },
    "delete-pod",
    "ImageChangedMeanwhile",
  ],
  ["another image than that of the pod made from it", MIRRORED, "decide", "ImageRewrittenAtAdmission"],
  [
    "another image than that of a pod whose ReplicaSet has the same",
    { ...MIRRORED, workload: mirroredBy({ strategy: { kind: "Recreate", replicas: 1 } }) },
    "decide",
    "ImageRewrittenAtAdmission",
  ],
  [
    "another image than that of a pod, and its spec was never written",
    { ...MIRRORED, workload: workloadWith({ image: OLD, generation: 1 }) },
    "decide",
    "ImageRewrittenAtAdmission",
  ],
  [
    "another image than that of a pod made from an earlier template",
    { ...MIRRORED, workload: mirroredBy({ updateRevision: "new" }) },
    "decide",
    "ImageChangedMeanwhile",
  ],
  [
    "another image than that of a pod whose ReplicaSet has an earlier one",
    { ...MIRRORED, workload: mirroredBy({ strategy: { kind: "Recreate", replicas: 1 }, image: "x" }) },
    "decide",
    "ImageChangedMeanwhile",
  ],
  [
    "another image than that of the pod that halted, which is gone",
    { ...MIRRORED, pod: { kind: "gone" } },
    "decide",
    "ImageChangedMeanwhile",
  ],
  ["a dry run", { policy: policyWith({ dryRun: true }) }, "delete-pod", "DryRun"],
  ["a pause before the image", { policy: policyWith({ paused: true }) }, "set-image", "Paused"],
  ["a pause before the deletion", { policy: policyWith({ paused: true }) }, "delete-pod", "Paused"],
  ["a spent budget", { neighbours: { ...NOBODY, failed: 1 } }, "decide", "ErrorBudgetSpent"],
  [
    "a budget that was spent before the image was set",
    { neighbours: { ...NOBODY, failed: 1 } },
    "set-image",
    "ErrorBudgetSpent",
  ],
  [
    "a budget that was spent before the pod was replaced",
    { neighbours: { ...NOBODY, failed: 1 }, workload: workloadWith({ image: NEW }) },
    "delete-pod",
    "ErrorBudgetSpent",
  ],
  [
    "a pod without a grace period that is deleted here",
    {
      pod: WITHOUT_GRACE,
      workload: workloadWith({ groups: [groupWith({ strategy: { kind: "OnDelete" } })] }),
    },
    "set-image",
    undefined,
  ],
  [
    "a pod without a grace period that a Deployment deletes",
    { pod: WITHOUT_GRACE, workload: DEPLOYMENT, halt: haltWith({ workload: DEPLOYMENT_REF }) },
    "set-image",
    "PodWithoutGrace",
  ],
  [
    "a pod without a grace period that a custom resource's controller may delete",
    {
      pod: WITHOUT_GRACE,
      halt: haltWith({ workload: { ...DEPLOYMENT_REF, apiVersion: "sei.io/v1alpha1", kind: "SeiNode" } }),
    },
    "decide",
    "PodWithoutGrace",
  ],
  [
    "a pod without a grace period that a rollout deletes",
    { pod: WITHOUT_GRACE, workload: workloadWith({ groups: [groupWith()] }) },
    "decide",
    "PodWithoutGrace",
  ],
  [
    "a sibling without a grace period that a rollout goes on to",
    {
      workload: workloadWith({ image: NEW, groups: [groupWith()] }),
      siblings: [
        siblingWith({
          state: { kind: "halted" },
          isTakenAtOnce: true,
          group: groupWith({ updateRevision: "new" }),
        }),
      ],
    },
    "delete-pod",
    "PodWithoutGrace",
  ],
  ["a running sibling", { siblings: [siblingWith()] }, "set-image", "SiblingsNotHalted"],
  [
    "a pod that may be the same validator",
    { twins: [{ pod: "sei/other", shares: "PersistentVolumeClaim sei/data" }] },
    "delete-pod",
    "SameValidatorMayRun",
  ],
  [
    "a pod that nobody can tell from the node",
    { strangers: [{ pod: "sei/backup-0", found: "does not answer" }] },
    "set-image",
    "StrangerNotKnown",
  ],
  [
    "a node that only starts",
    { strangers: [{ pod: "sei/sei-1-0", found: "starts", starts: true }] },
    "set-image",
    "NodeStarting",
  ],
  [
    "a halt that a person aborted in another journal",
    { neighbours: { ...NOBODY, abortedIn: "sei-0-0-before" } },
    "delete-pod",
    "AbortedBefore",
  ],
  [
    "a policy that is about another container by now",
    { policy: policyWith({ container: "oracle" }) },
    "set-image",
    "ContainerChanged",
  ],
  [
    "another container before the deletion",
    { policy: policyWith({ container: "oracle" }), workload: workloadWith({ image: NEW }) },
    "delete-pod",
    "ContainerChanged",
  ],
  [
    "a pod of a lower ordinal that must be ready first",
    {
      halt: haltWith({ podName: "sei-1" }),
      workload: workloadWith({ image: NEW }),
      siblings: [
        siblingWith({
          name: "sei-0",
          index: 0,
          state: { kind: "halted" },
          group: groupWith({ isOrdered: true }),
        }),
      ],
    },
    "delete-pod",
    "LowerOrdinalFirst",
  ],
  ["no slot", { neighbours: { ...NOBODY, swapping: 1 } }, "decide", "WaitingForSlot"],
  ["no slot, for a swap that has one", { neighbours: { ...NOBODY, swapping: 1 } }, "set-image", undefined],
];

test.each(cases)("%s", (_, scene, step, reason) => {
  expect(refusalOf(observe({ pod: HALTED, ...scene }), { ...PROPOSAL, step })?.reason).toBe(reason);
});

test.each(cases.filter(([, , , reason]) => reason !== undefined))(
  "what a person is to do about %s is in its page as a whole, whatever the names",
  (_, scene, step) => {
    const refusal = refusalOf(observe({ pod: HALTED, ...scene }), { ...PROPOSAL, step });
    const { toDo = NO_ADVICE, ...message } = refusal?.message ?? {};
    const cautioned = advice`${toDo} ${notYet({ siblings: [siblingWith()] })}`;
    const long = (letter: string) => Array.from({ length: 6 }, () => letter.repeat(253));
    const advised = { ...cautioned, names: cautioned.names.map(() => long("p")) };
    const summary = textOf(
      { ...message, node: "n".repeat(400), verdict: "v".repeat(1024), toDo: advised },
      512,
    );
    for (const words of advised.words) expect(summary).toContain(words.trim());
    expect(summary.length).toBeLessThanOrEqual(512);
  },
);

test("a spent budget is told by the page of the failure that spent it, and by one of its own once that is over", () => {
  const kindOf = (isUntold: boolean) =>
    refusalOf(observe({ pod: HALTED, neighbours: { ...NOBODY, failed: 1, isUntold } }), {
      ...PROPOSAL,
      step: "decide",
    })?.kind;
  expect([kindOf(false), kindOf(true)]).toEqual(["hold", "page"]);
});

test.each([
  ["true", true],
  ["yes", true],
  ["", true],
  ["false", false],
])("the annotation abort with the value %o stops: %o", (value, stops) => {
  const annotations = { [ANNOTATION_ABORT]: value };
  const halt = haltWith();
  const observation = observe({
    pod: HALTED,
    halt: { ...halt, metadata: { ...halt.metadata, annotations } },
  });
  expect(refusalOf(observation, PROPOSAL)?.reason).toBe(stops ? "Aborted" : undefined);
});

test("a refusal says which object it found, and which image", () => {
  const refusal = refusalOf(
    observe({ workload: workloadWith({ image: "registry/other:1", generation: 2 }) }),
    PROPOSAL,
  );
  expect(refusal?.message.found).toContain("StatefulSet sei/sei-0 has registry/other:1");
  expect(OLD).not.toBe(NEW);
});
