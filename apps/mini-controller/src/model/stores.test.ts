import { expect, test } from "vitest";
import type { Pod } from "./pod.ts";
import { projectPod, projectUnselected } from "./projected-pod.ts";
import { createStores, wholeCopy } from "./stores.ts";

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
