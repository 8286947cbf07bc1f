import { expect, test } from "vitest";
import { machineOfNext, placementOf } from "./machine-of-next.ts";

const hostname = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "kubernetes.io/hostname", operator, values }],
});
const required = (...nodeSelectorTerms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const pinned = (name: string) => ({ nodeSelector: { "kubernetes.io/hostname": name } });

test.each<[string, object, string | undefined]>([
  ["names no machine", {}, "m1.example.org"],
  ["names a pool of them", { nodeSelector: { pool: "validators" } }, undefined],
  [
    "names this one of a pool",
    { nodeSelector: { pool: "a", ...pinned("m1").nodeSelector } },
    "m1.example.org",
  ],
  ["names this one by an affinity", required(hostname("In", "m1")), "m1.example.org"],
  [
    "names this one by a field",
    required({ matchFields: [{ key: "metadata.name", operator: "In", values: ["m1.example.org"] }] }),
    "m1.example.org",
  ],
  ["names this one", pinned("m1.example.org"), "m1.example.org"],
  ["names this one in short", pinned("m1"), "m1.example.org"],
  ["names another", { nodeName: "m2" }, "m2"],
  ["wants another", pinned("m2"), undefined],
  ["wants one whose name begins as this one's", pinned("m"), undefined],
  ["wants this one or another", required(hostname("In", "m2", "m1")), undefined],
  ["wants others", required(hostname("In", "m2", "m3")), undefined],
  ["wants any but this one", required(hostname("NotIn", "m1")), undefined],
  ["wants any but another", required(hostname("NotIn", "m2")), undefined],
  [
    "wants another by a field",
    required({ matchFields: [{ key: "metadata.name", operator: "In", values: ["m2"] }] }),
    undefined,
  ],
  [
    "wants another, or what else it may be",
    required(hostname("In", "m2"), { matchExpressions: [{ key: "pool", operator: "Exists" }] }),
    undefined,
  ],
])("the machine of the next pod where its template %s", (_, template, machine) => {
  expect(machineOfNext({ nodeName: "m1.example.org" }, template)).toBe(machine);
});

test("names of machines that are addresses are compared as a whole", () => {
  expect(machineOfNext({ nodeName: "10.0.0.1" }, pinned("10.0.0.2"))).toBeUndefined();
  expect(machineOfNext({ nodeName: "10.0.0.1" }, pinned("10.0.0.1"))).toBe("10.0.0.1");
});

test("a pod that has no machine yet may be given any", () => {
  expect(machineOfNext({}, pinned("m2"))).toBeUndefined();
});

const PRESENT = "ip-10-0-0-1.compute.internal";
const also = { key: "kubernetes.io/hostname", operator: "NotIn", values: ["drained"] };

test.each<[string, object, object]>([
  ["a selector", pinned("val-1"), pinned("val-1")],
  ["an affinity", required(hostname("In", "val-1", "val-2")), required(hostname("In", "val-1", "val-2"))],
  ["an affinity that was a selector", pinned("val-1"), required(hostname("In", "val-1"))],
  ["the pool that it was asked for", { nodeSelector: { pool: "a" } }, { nodeSelector: { pool: "a" } }],
  [
    "an affinity to which something added for the pod",
    required({ matchExpressions: [...hostname("In", "val-1").matchExpressions, also] }),
    required(hostname("In", "val-1")),
  ],
])("a machine whose label is not its name is kept by %s that the pod satisfies", (_, own, template) => {
  const kept = { nodeName: PRESENT, ...placementOf(own) };
  expect(machineOfNext(kept, template)).toBe(PRESENT);
});

test.each<[string, object, object]>([
  ["another selector", pinned("val-1"), pinned("val-2")],
  ["no selector any more", pinned("val-1"), {}],
  ["another pool", { nodeSelector: { pool: "a" } }, { nodeSelector: { pool: "b" } }],
  ["another affinity", required(hostname("In", "val-1")), required(hostname("In", "val-2"))],
  [
    "an affinity that the selector of the pod does not satisfy",
    pinned("val-1"),
    required(hostname("In", "val-2")),
  ],
  [
    "more than the pod was asked for",
    required(hostname("In", "val-1", "val-2")),
    required(hostname("In", "val-1")),
  ],
  [
    "one of two that held",
    required(hostname("In", "val-1"), hostname("In", "val-2")),
    required(hostname("In", "val-2")),
  ],
])("a machine whose label is not its name is not kept by %s", (_, own, template) => {
  const kept = { nodeName: PRESENT, ...placementOf(own) };
  expect(machineOfNext(kept, template)).toBeUndefined();
});

test("of the placement of a pod what a template is compared with is kept, and no more", () => {
  const placed = { nodeSelector: { pool: "a" }, ...required(hostname("In", "m1")) };
  expect(placementOf({ ...placed, nodeName: "m1" })).toEqual(placed);
  expect(placementOf({ nodeName: "m1", nodeSelector: {} })).toEqual({});
});
