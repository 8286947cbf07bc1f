import { expect, test } from "vitest";
import { textOf } from "../../journal/words.ts";
import type { PodGroup } from "../../model/pod-group.ts";
import type { Sibling } from "../../observe/siblings.ts";
import {
  groupWith,
  haltWith,
  NEW,
  OLD,
  observe,
  siblingWith,
  workloadWith,
} from "../../testing/observations.ts";
import type { Proposal } from "./refusal.ts";
import { refusalOf } from "./refusals.ts";
import { siblingRanAnother } from "./sibling-ran-another.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const BACK = `${OLD}@${DIGEST}`;
const OTHER = `registry/seid:v6.6.1@sha256:${"b".repeat(64)}`;

/** A set of two that halted on an image that is too new, and is to go back to what one of them ran. */
function scene(sibling: Partial<Sibling>, group: Partial<PodGroup> = {}) {
  const own = groupWith(group);
  const halt = haltWith({ reason: "binary_too_new", planName: "v6.8", height: undefined, image: NEW });
  return observe({
    ...{ halt, previousImage: BACK, workload: workloadWith({ image: NEW, groups: [own] }) },
    siblings: [siblingWith({ state: { kind: "halted" }, image: NEW, group: own, ...sibling })],
  });
}

const rollback = (step: Proposal["step"] = "decide") => ({ step, action: "RollBack", image: BACK }) as const;
const onDelete: Partial<PodGroup> = { strategy: { kind: "OnDelete" } };

test.each<[string, Partial<Sibling>, Partial<PodGroup>, boolean]>([
  ["ran the same", { ranBefore: BACK }, {}, false],
  ["ran another", { ranBefore: OTHER }, {}, true],
  [
    "ran another, OnDelete: it would get this one when it is next made anew",
    { ranBefore: OTHER },
    onDelete,
    true,
  ],
  ["ran nobody knows what", {}, {}, true],
  ["has that image already, OnDelete", { ranBefore: OTHER, image: BACK }, onDelete, false],
])(
  "a template is rolled back only to what each of its pods ran last: one that %s",
  (_, sibling, group, isHeld) => {
    const refusal = siblingRanAnother(scene(sibling, group), rollback());
    expect(refusal?.reason).toBe(isHeld ? "SiblingRanAnother" : undefined);
    expect(refusalOf(scene(sibling, group), rollback("set-image"))?.reason).toBe(refusal?.reason);
  },
);

test("what each of the others ran last is told", () => {
  const refusal = siblingRanAnother(scene({ ranBefore: OTHER }), rollback());
  expect(textOf(refusal?.message ?? {}, 1024)).toContain(`by what it ran last: sei-1 (${OTHER})`);
});

test("an upgrade that is listed asks nothing of what ran before", () => {
  const proposal = { step: "decide", action: "SwapImage", image: NEW } as const;
  expect(siblingRanAnother(scene({ ranBefore: OTHER }), proposal)).toBeUndefined();
});
