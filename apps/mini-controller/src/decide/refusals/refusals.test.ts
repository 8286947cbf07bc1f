import { expect, test } from "vitest";
import { ANNOTATION_ABORT } from "../../api/group.ts";
import {
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
import type { Proposal } from "./refusal.ts";
import { refusalOf } from "./refusals.ts";

const PROPOSAL: Proposal = { step: "decide", action: "SwapImage", image: NEW };
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
  [
    "a pod that only claims its owner",
    { workload: { kind: "disowned", what: "x", why: "y" } },
    "set-image",
    "NotTheOwner",
  ],
  ["no workload", { workload: { kind: "missing", what: "x" } }, "set-image", "WorkloadMissing"],
  ["the image that halted", { halt: haltWith({ image: NEW }) }, "decide", "ImageDoesNotHelp"],
  ["a third image", { workload: workloadWith({ image: "x" }) }, "delete-pod", "ImageChangedMeanwhile"],
  ["a dry run", { policy: policyWith({ dryRun: true }) }, "delete-pod", "DryRun"],
  ["a pause before the image", { policy: policyWith({ paused: true }) }, "set-image", "Paused"],
  ["a pause before the deletion", { policy: policyWith({ paused: true }) }, "delete-pod", "Paused"],
  ["a spent budget", { neighbours: { ...NOBODY, failed: 1 } }, "decide", "ErrorBudgetSpent"],
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
  ["no slot", { neighbours: { ...NOBODY, swapping: 1 } }, "decide", "WaitingForSlot"],
  ["no slot, for a swap that has one", { neighbours: { ...NOBODY, swapping: 1 } }, "set-image", undefined],
];

test.each(cases)("%s", (_, scene, step, reason) => {
  expect(refusalOf(observe({ pod: HALTED, ...scene }), { ...PROPOSAL, step })?.reason).toBe(reason);
});

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
  const refusal = refusalOf(observe({ workload: workloadWith({ image: "registry/other:1" }) }), PROPOSAL);
  expect(refusal?.message).toContain("StatefulSet sei/sei-0 has registry/other:1");
  expect(OLD).not.toBe(NEW);
});
