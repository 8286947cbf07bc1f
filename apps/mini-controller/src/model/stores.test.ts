import { expect, test } from "vitest";
import type { NodeRecord } from "../api/node-record.ts";
import type { Pod } from "./pod.ts";
import { projectPod, projectUnselected } from "./projected-pod.ts";
import { createStores, podsOfRecord, wholeCopy } from "./stores.ts";

const metadata = { name: "sei-0-0", namespace: "sei", uid: "u", resourceVersion: "7" };

function knows(pod: Pod, head: Partial<Pod["metadata"]> = {}): boolean {
  const { pods } = createStores();
  pods.put(pod);
  return wholeCopy(pods, { metadata: { ...metadata, ...head } }) !== undefined;
}

const pod = projectPod({ metadata, spec: { containers: [{ name: "seid", image: "seid:v6.6" }] } });

test("the copy of a pod is what the API server has, at the very version that this has of it", () => {
  expect(knows(pod)).toBe(true);
});

test.each([
  ["written since", { resourceVersion: "8" }],
  ["not yet as new as the copy", { resourceVersion: "6" }],
  ["made anew under its name", { uid: "v" }],
  ["another", { name: "sei-1-0" }],
  ["in another namespace", { namespace: "other" }],
  ["of an unknown version", { resourceVersion: undefined }],
])("it is nothing of a pod that is %s", (_, head) => {
  expect(knows(pod, head as Partial<Pod["metadata"]>)).toBe(false);
});

test("a copy from which something was cut does for nothing", () => {
  const name = "x".repeat(16 * 1024);
  const large = projectPod({ metadata, spec: { containers: [{ name, image: "seid:v6.6" }] } });
  expect(knows(large)).toBe(true);
  expect(knows(projectUnselected(large))).toBe(false);
});

test("a record is of the pod of its name or of a Deployment's pods, also where that had none of another name yet", () => {
  const stores = createStores();
  const ownerReferences = [
    { apiVersion: "apps/v1", kind: "ReplicaSet", name: "val-abc", uid: "s", controller: true },
  ];
  const deployed = {
    name: "val-abc-1",
    namespace: "sei",
    labels: { "pod-template-hash": "abc" },
    ownerReferences,
  };
  for (const metadata of [{ name: "val", namespace: "sei" }, deployed]) stores.pods.put({ ...pod, metadata });
  const recordOf = (name: string): NodeRecord => {
    const record = { metadata: { name, namespace: "sei" }, spec: { node: "val" } };
    return { apiVersion: "upgrade-halt.dev/v1alpha1", kind: "NodeRecord", ...record };
  };
  const namesOf = (name: string) => podsOfRecord(recordOf(name), stores).map(({ metadata }) => metadata.name);
  expect([namesOf("val"), namesOf("val.deployment")]).toEqual([["val", "val-abc-1"], ["val-abc-1"]]);
  stores.records.put(recordOf("val.deployment"));
  expect([namesOf("val"), namesOf("val.deployment")]).toEqual([["val"], ["val-abc-1"]]);
});
