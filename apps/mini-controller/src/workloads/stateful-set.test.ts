import { expect, test } from "vitest";
import { templateChange } from "../decide/template-change.ts";
import type { Strategy } from "../model/pod-group.ts";
import { haltWith, NEW, OLD, policyWith, workloadWith } from "../testing/observations.ts";
import { groupOf, notMadeBy, type StatefulSet } from "./stateful-set.ts";
import { imagePatch } from "./workload.ts";

function setWithSpec(spec: object): StatefulSet {
  const template = { spec: { containers: [{ name: "seid", image: OLD }] } };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "sei", uid: "set-1" },
    spec: { replicas: 2, selector: { matchLabels: { app: "sei" } }, template, ...spec },
  };
}

const groupWithSpec = (spec: object) => groupOf(setWithSpec(spec), "seid");

test.each<[string, object, boolean]>([
  ["nothing about it", {}, true],
  ["OrderedReady", { podManagementPolicy: "OrderedReady" }, true],
  ["Parallel", { podManagementPolicy: "Parallel" }, false],
])("a set that says %s makes its pods in order: %o", (_, spec, isOrdered) => {
  expect(groupWithSpec(spec).isOrdered).toBe(isOrdered);
});

const rolling = (partition: number, written: object | undefined) =>
  ({ kind: "RollingUpdate", partition, written }) as const;

test.each<[string, object | undefined, Strategy]>([
  ["none", undefined, rolling(0, undefined)],
  ["RollingUpdate alone", { type: "RollingUpdate" }, rolling(0, { type: "RollingUpdate" })],
  ["a partition", { rollingUpdate: { partition: 2 } }, rolling(2, { rollingUpdate: { partition: 2 } })],
  ["OnDelete", { type: "OnDelete" }, { kind: "OnDelete" }],
  ["a type of a later Kubernetes", { type: "Recreate" }, { kind: "Unknown" }],
])("the strategy of a set that names %s", (_, updateStrategy, strategy) => {
  expect(groupWithSpec({ updateStrategy }).strategy).toEqual(strategy);
});

test("a strategy of an unknown type is never written, whatever the policy rolls", () => {
  const workload = workloadWith({ groups: [groupWithSpec({ updateStrategy: { type: "Recreate" } })] });
  if (workload.kind !== "found") throw new Error(workload.kind);
  const halt = haltWith({ podName: "sei-1" });
  const change = templateChange({ halt, policy: policyWith({ roll: "OnePartition" }), workload }, NEW);
  expect(change).toEqual({ kind: "change" });
  const paths = imagePatch(workload, { from: OLD, to: NEW, partition: 1 }).map(({ path }) => path);
  expect(paths).not.toContain("/spec/updateStrategy");
});

test.each([
  [0, "sei-0", "Pod sei-0 has no ordinal of StatefulSet sei, whose pods are none."],
  [2, "sei-2", "Pod sei-2 has no ordinal of StatefulSet sei, whose pods are sei-0, sei-1."],
  [12, "sei-12", "Pod sei-12 has no ordinal of StatefulSet sei, whose pods are sei-0 to sei-11."],
  [1_000, "sei-999", undefined],
  [1_001, "sei-0", "StatefulSet sei has 1001 replicas, and sets of more than 1000 are not acted on."],
])("a set of %i says whether it made %s", (replicas, name, why) => {
  const owner = { apiVersion: "apps/v1", kind: "StatefulSet", name: "sei", uid: "set-1", controller: true };
  const metadata = { name, namespace: "sei", uid: "pod-1", labels: { app: "sei" }, ownerReferences: [owner] };
  expect(notMadeBy(setWithSpec({ replicas }), { metadata, spec: { containers: [] } })).toBe(why);
});
