import { expect, test } from "vitest";
import { templateChange } from "../decide/template-change.ts";
import type { Strategy } from "../model/pod-group.ts";
import { haltWith, NEW, OLD, policyWith, workloadWith } from "../testing/observations.ts";
import { groupOf, type StatefulSet } from "./stateful-set.ts";
import { imagePatch } from "./workload.ts";

function groupWithSpec(spec: object) {
  const template = { spec: { containers: [{ name: "seid", image: OLD }] } };
  const set: StatefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "sei", uid: "set-1" },
    spec: { replicas: 2, template, ...spec },
  };
  return groupOf(set, "seid");
}

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
