import { expect, test } from "vitest";
import { textOf } from "../../journal/words.ts";
import type { PodGroup } from "../../model/pod-group.ts";
import { groupWith, haltWith, NEW, observe, siblingWith, workloadWith } from "../../testing/observations.ts";
import { sameValidatorMayRun } from "./same-validator-may-run.ts";

const TWIN = { pod: "sei/debug-7", shares: "PersistentVolumeClaim sei/data-sei-0" };

/** What is said where sei-1 is acted on, and sei-0 of the same set halted too and has a twin. */
function refusal(step: "set-image" | "delete-pod", changes: Partial<PodGroup>, revision = "old") {
  const group = groupWith(changes);
  const sibling = siblingWith({
    name: "sei-0",
    index: 0,
    state: { kind: "halted" },
    twins: [TWIN],
    revision,
    group,
  });
  const observation = observe({
    halt: haltWith({ podName: "sei-1" }),
    workload: workloadWith({ groups: [group] }),
    siblings: [sibling],
  });
  return sameValidatorMayRun(observation, { step, action: "SwapImage", image: NEW });
}

const ROLLING = { strategy: { kind: "RollingUpdate", partition: 0 } } as const;

test("a twin of a pod that a RollingUpdate restarts next speaks against the change of their template", () => {
  const found = refusal("set-image", ROLLING);
  expect(found?.reason).toBe("SameValidatorMayRun");
  expect(textOf(found?.message ?? {}, 512)).toContain("the same validator as sei-0: sei/debug-7");
});

test("and against the deletion that lets the RollingUpdate go on, until that pod is rolled", () => {
  const begun = { ...ROLLING, updateRevision: "new", image: NEW };
  expect(refusal("delete-pod", begun)?.reason).toBe("SameValidatorMayRun");
  expect(refusal("delete-pod", begun, "new")).toBeUndefined();
});

test("a twin of a pod that nothing restarts holds nothing up", () => {
  expect(refusal("set-image", { strategy: { kind: "OnDelete" } })).toBeUndefined();
});
