import { expect, test } from "vitest";
import { imageIn, type TemplatedWorkload, templateSight } from "./pod-template.ts";

const PLACE = { what: "StatefulSet sei/sei", path: "/sets/sei", container: "seid" };
const NODE = { name: "seid", image: "sei:v6.6" };
const PAUSE = { name: "pause", image: "pause:3" };

function workloadOf(spec: TemplatedWorkload["spec"]["template"]["spec"]): TemplatedWorkload {
  return { kind: "StatefulSet", metadata: { name: "sei" }, spec: { template: { spec } } };
}

test("the image of a node that is a native sidecar is set where that stands among the init containers", () => {
  const set = workloadOf({
    containers: [PAUSE],
    initContainers: [
      { name: "restore", image: "restore:1" },
      { ...NODE, restartPolicy: "Always" },
    ],
  });
  const pointer = "/spec/template/spec/initContainers/1/image";
  expect(templateSight(set, PLACE, [], false)).toMatchObject({ kind: "found", pointer, image: "sei:v6.6" });
  expect(imageIn(set, "seid")).toBe("sei:v6.6");
});

test("the image of a node beside other containers is set in its own place", () => {
  const set = workloadOf({ containers: [PAUSE, NODE] });
  const pointer = "/spec/template/spec/containers/1/image";
  expect(templateSight(set, PLACE, [], false)).toMatchObject({ kind: "found", pointer });
});

test("an init container that ends before the node starts is no node", () => {
  const set = workloadOf({ containers: [PAUSE], initContainers: [NODE] });
  const missing = { kind: "missing", what: "container seid of StatefulSet sei/sei" };
  expect(templateSight(set, PLACE, [], false)).toEqual(missing);
  expect(imageIn(set, "seid")).toBeUndefined();
});
