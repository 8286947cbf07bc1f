import { expect, test } from "vitest";
import type { PodGroup } from "../../model/pod-group.ts";
import type { Sibling } from "../../observe/siblings.ts";
import {
  groupWith,
  haltWith,
  NEW,
  NOW,
  observe,
  policyWith,
  type Scene,
  siblingWith,
  workloadWith,
} from "../../testing/observations.ts";
import { lowerOrdinalFirst } from "./lower-ordinal-first.ts";
import type { Proposal } from "./refusal.ts";

const ORDERED: Partial<PodGroup> = { isOrdered: true };
const halted = { state: { kind: "halted" } } as const;
const ready = { state: { kind: "past", height: 31 }, isReady: true } as const;
const unready = { state: { kind: "past", height: 31 }, isReady: false } as const;
const missing = { uid: undefined, isReady: false } as const;
const above = { name: "sei-2", index: 2 } as const;

/** What is said of sei-1 of three, beside one sibling: sei-0, unless said. */
function refusal(
  sibling: Partial<Sibling>,
  more: { readonly group?: Partial<PodGroup>; readonly scene?: Scene } = {},
  step: Proposal["step"] = "delete-pod",
) {
  const group = groupWith(more.group ?? ORDERED);
  const observation = observe({
    halt: haltWith({ podName: "sei-1" }),
    workload: workloadWith({ groups: [group] }),
    siblings: [siblingWith({ name: "sei-0", index: 0, ...sibling, group })],
    ...more.scene,
  });
  return lowerOrdinalFirst(observation, { step, action: "SwapImage", image: NEW });
}

test.each<[string, Partial<Sibling>, Partial<PodGroup>, boolean]>([
  ["a lower one that halted", halted, ORDERED, true],
  ["a lower one that halted and stays ready", { ...halted, isReady: true }, ORDERED, true],
  ["a lower one that is missing", missing, ORDERED, true],
  ["a lower one that is not ready", unready, ORDERED, true],
  ["a lower one that is ready", ready, ORDERED, false],
  ["a higher one that halted", { ...halted, ...above }, ORDERED, false],
  ["a higher one that is missing", { ...missing, ...above }, ORDERED, false],
  ["one without an ordinal", { ...halted, index: undefined }, ORDERED, false],
  ["a lower one that halted, OnDelete", halted, { ...ORDERED, strategy: { kind: "OnDelete" } }, true],
  ["a lower one that halted, Parallel", halted, {}, false],
])("where pods are made in order, a pod waits for %s: %o", (_, sibling, group, waits) => {
  for (const step of ["decide", "delete-pod"] as const)
    expect(refusal(sibling, { group }, step) !== undefined).toBe(waits);
});

test("a pod of another set waits for none of this one", () => {
  expect(refusal(halted, { scene: { halt: haltWith({ podName: "other-1" }) } })).toBeUndefined();
});

test("the image is set all the same, since the lower one needs it too", () => {
  expect(refusal(halted, {}, "set-image")).toBeUndefined();
});

/** How long the journal has said that the pod waits, and how many others are being swapped. */
function kindAfter(ms: number, swapping: number) {
  const status = { phase: "Recorded", reason: "LowerOrdinalFirst" } as const;
  const steps = [{ ...status, at: new Date(NOW - ms).toISOString(), message: "" }];
  const halt = haltWith({ podName: "sei-1" }, { ...status, steps });
  const neighbours = { swapping, failed: 0, isUntold: false };
  return refusal(halted, { scene: { halt, neighbours, policy: policyWith({ recoveryTimeoutSeconds: 300 }) } })
    ?.kind;
}

test("a person is told after a minute in which nobody is swapped, and else when a swap has had its time", () => {
  expect([kindAfter(59_000, 0), kindAfter(60_000, 0)]).toEqual(["wait", "page"]);
  expect([kindAfter(299_000, 1), kindAfter(300_000, 1)]).toEqual(["watch", "page"]);
});
