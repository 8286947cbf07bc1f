import { expect, test } from "vitest";
import { machineOfNext } from "./machine-of-next.ts";

const hostname = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "kubernetes.io/hostname", operator, values }],
});
const required = (...nodeSelectorTerms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const pinned = (name: string) => ({ nodeSelector: { "kubernetes.io/hostname": name } });

test.each<[string, object, string | undefined]>([
  ["names no machine", {}, "m1.example.org"],
  ["names a pool of them", { nodeSelector: { pool: "validators" } }, "m1.example.org"],
  ["names this one", pinned("m1.example.org"), "m1.example.org"],
  ["names this one in short", pinned("m1"), "m1.example.org"],
  ["names another", { nodeName: "m2" }, "m2"],
  ["wants another", pinned("m2"), undefined],
  ["wants one whose name begins as this one's", pinned("m"), undefined],
  ["wants this one or another", required(hostname("In", "m2", "m1")), "m1.example.org"],
  ["wants others", required(hostname("In", "m2", "m3")), undefined],
  ["wants any but this one", required(hostname("NotIn", "m1")), undefined],
  ["wants any but another", required(hostname("NotIn", "m2")), "m1.example.org"],
  [
    "wants another by a field",
    required({ matchFields: [{ key: "metadata.name", operator: "In", values: ["m2"] }] }),
    undefined,
  ],
  [
    "wants another, or what else it may be",
    required(hostname("In", "m2"), { matchExpressions: [{ key: "pool", operator: "Exists" }] }),
    "m1.example.org",
  ],
])("the machine of the next pod where its template %s", (_, template, machine) => {
  expect(machineOfNext("m1.example.org", template)).toBe(machine);
});

test("names of machines that are addresses are compared as a whole", () => {
  expect(machineOfNext("10.0.0.1", pinned("10.0.0.2"))).toBeUndefined();
  expect(machineOfNext("10.0.0.1", pinned("10.0.0.1"))).toBe("10.0.0.1");
});

test("a pod that has no machine yet may be given any", () => {
  expect(machineOfNext(undefined, pinned("m2"))).toBeUndefined();
});
