import { describe, expect, test } from "vitest";
import { textOf } from "../../journal/words.ts";
import type { PodGroup } from "../../model/pod-group.ts";
import type { Sibling } from "../../observe/siblings.ts";
import {
  groupWith,
  haltWith,
  NEW,
  NOW,
  observe,
  policyWith,
  siblingWith,
  workloadWith,
} from "../../testing/observations.ts";
import { templateChange } from "../template-change.ts";
import type { Proposal } from "./refusal.ts";
import { siblingsNotHalted } from "./siblings-not-halted.ts";

interface Case {
  readonly step?: Proposal["step"];
  readonly group?: Partial<PodGroup>;
  readonly sibling?: Partial<Sibling>;
  readonly image?: string;
  readonly settled?: boolean;
  readonly pod?: string;
  readonly now?: number;
  readonly kind?: string;
}

/** A set of three of which sei-1 halted, and one sibling (sei-0, which runs, unless said). */
function sceneOf(one: Case, roll: "WholeSet" | "OnePartition") {
  const group = groupWith(one.group);
  const { image, settled = true, pod = "sei-1", now = NOW, kind = "StatefulSet" } = one;
  const workload = { apiVersion: "apps/v1", kind, resource: "statefulsets", name: "sei", uid: "set-1" };
  return observe({
    halt: haltWith({ podName: pod, workload }),
    policy: policyWith({ roll }),
    workload: workloadWith({ groups: [group], settled, ...(image === undefined ? {} : { image }) }),
    siblings: [siblingWith({ name: "sei-0", index: 0, ...one.sibling, group })],
    now,
  });
}

function refusal(one: Case, roll: "WholeSet" | "OnePartition" = "WholeSet") {
  const proposal = { step: one.step ?? "set-image", action: "SwapImage", image: NEW } as const;
  return siblingsNotHalted(sceneOf(one, roll), proposal);
}

const onDelete: Partial<PodGroup> = { strategy: { kind: "OnDelete" } };
const missing = { uid: undefined, image: undefined, revision: undefined } as const;
const past = { state: { kind: "past", height: 31 } } as const;
const halted = { state: { kind: "halted" } } as const;

describe("the whole set at once", () => {
  test.each<[string, Case, boolean]>([
    ["a sibling that runs, RollingUpdate", {}, true],
    ["a sibling that runs, OnDelete", { group: onDelete }, true],
    ["a sibling that is missing, OnDelete", { group: onDelete, sibling: missing }, true],
    ["a sibling that is missing, RollingUpdate", { sibling: missing }, true],
    ["a sibling that halted", { sibling: halted }, false],
    [
      "a sibling past the height on another image, OnDelete: it would get this one when it is next made anew",
      { group: onDelete, sibling: past },
      true,
    ],
    [
      "a sibling past the height on this image, OnDelete",
      { group: onDelete, sibling: { ...past, image: NEW } },
      false,
    ],
    ["a sibling past the height, RollingUpdate: it would be restarted", { sibling: past }, true],
    ["a sibling that has the image already, OnDelete", { group: onDelete, sibling: { image: NEW } }, false],
    ["a sibling that has the image already, RollingUpdate", { sibling: { image: NEW } }, true],
    [
      "a sibling below somebody's partition",
      { group: { strategy: { kind: "RollingUpdate", partition: 1 } } },
      true,
    ],
    [
      "the image is there, and RollingUpdate would go on to the sibling",
      { image: NEW, group: { updateRevision: "new", image: NEW } },
      true,
    ],
    [
      "the image is there, and the sibling has its revision",
      { image: NEW, group: { updateRevision: "new" }, sibling: { revision: "new" } },
      false,
    ],
    [
      "the image is there, and a strategy of an unknown type may go on to the sibling",
      { image: NEW, group: { strategy: { kind: "Unknown" }, updateRevision: "new" } },
      true,
    ],
    ["the image is there, OnDelete", { image: NEW, group: { ...onDelete, updateRevision: "new" } }, false],
    [
      "the image is there, and a partition keeps the sibling",
      { image: NEW, group: { updateRevision: "new", strategy: { kind: "RollingUpdate", partition: 1 } } },
      false,
    ],
  ])("%s", (_, one, isRefused) => {
    expect(refusal(one)?.reason).toBe(isRefused ? "SiblingsNotHalted" : undefined);
    expect(refusal({ ...one, step: "decide" })?.reason).toBe(isRefused ? "SiblingsNotHalted" : undefined);
  });

  test("a deletion would let a RollingUpdate go on to a sibling that runs on the old revision", () => {
    const begun: Case = { step: "delete-pod", image: NEW, group: { updateRevision: "new", image: NEW } };
    expect(textOf(refusal(begun)?.message ?? {}, 512)).toContain("sei-0 (runs)");
    expect(refusal({ ...begun, group: { ...begun.group, updateRevision: undefined } })).toBeDefined();
    expect(refusal({ ...begun, sibling: halted })).toBeUndefined();
    expect(refusal({ ...begun, sibling: { revision: "new" } })).toBeUndefined();
    expect(refusal({ ...begun, sibling: missing })).toBeUndefined();
  });

  test("a person is told after a minute, and not before", () => {
    expect(refusal({ now: NOW + 59_000 })?.kind).toBe("wait");
    expect(refusal({ now: NOW + 60_000 })?.kind).toBe("page");
  });
});

describe("one partition at a time", () => {
  const begun: Partial<PodGroup> = {
    strategy: { kind: "RollingUpdate", partition: 2 },
    updateRevision: "new",
  };

  test.each<[string, Case, boolean]>([
    ["the sibling below runs", {}, false],
    ["the sibling below is missing: it is made anew from the current revision", { sibling: missing }, false],
    ["the sibling below is of another revision than the current", { sibling: { revision: "older" } }, true],
    ["a roll-out is going on already", { group: { updateRevision: "new" } }, true],
    ["the set's own controller has not seen the spec", { settled: false }, true],
    [
      "the current revision is not known",
      { group: { currentRevision: undefined, updateRevision: undefined } },
      true,
    ],
    ["the sibling above runs", { sibling: { name: "sei-2", index: 2 } }, true],
    ["the sibling above is missing", { sibling: { ...missing, name: "sei-2", index: 2 } }, true],
    ["the sibling above halted", { sibling: { ...halted, name: "sei-2", index: 2 } }, false],
    [
      "the sibling above was rolled before",
      { image: NEW, group: begun, sibling: { name: "sei-2", index: 2 } },
      false,
    ],
    ["the sibling below runs, and the partition moves on", { image: NEW, group: begun }, false],
    ["a pod without an ordinal runs", { sibling: { index: undefined } }, true],
    ["OnDelete has no partition", { group: onDelete }, true],
    ["a strategy of an unknown type has none", { group: { strategy: { kind: "Unknown" } } }, true],
    ["a custom resource has no partition", { kind: "SeiNode" }, true],
  ])("%s", (_, one, isRefused) => {
    expect(refusal(one, "OnePartition")?.reason).toBe(isRefused ? "SiblingsNotHalted" : undefined);
  });

  test.each<[string, Case, object]>([
    ["the image and the partition in one", {}, { kind: "change", partition: 1 }],
    [
      "the partition moves along, the image being there",
      { image: NEW, group: begun },
      { kind: "change", partition: 1 },
    ],
    ["nothing where both are there", { image: NEW }, { kind: "none" }],
    ["the image alone, OnDelete", { group: onDelete }, { kind: "change" }],
  ])("changes %s", (_, one, change) => {
    expect(templateChange(sceneOf(one, "OnePartition"), NEW)).toEqual(change);
  });
});

describe("an owner's image, which reaches every node below it", () => {
  const refused = (sibling: Partial<Sibling>) => {
    const scene = sceneOf({ group: onDelete, sibling }, "WholeSet");
    const workload = workloadWith({ isOwner: true, groups: [groupWith(onDelete)] });
    const proposal = { step: "set-image", action: "SwapImage", image: NEW } as const;
    return siblingsNotHalted({ ...scene, workload }, proposal) !== undefined;
  };

  test.each<[string, Partial<Sibling>, boolean]>([
    ["one that runs", {}, true],
    ["one that is missing", missing, true],
    ["one past the height on an image of its own, which would be replaced", past, true],
    ["one past the height on the very image", { ...past, image: NEW }, false],
    ["one that halted", halted, false],
  ])("waits for %s: %o", (_, sibling, waits) => {
    expect(refused(sibling)).toBe(waits);
  });
});
