import { describe, expect, test } from "vitest";
import type { Strategy, UpdateStrategy } from "../model/pod-group.ts";
import { imagePatch } from "./workload.ts";

const POINTER = "/spec/template/spec/containers/0/image";

function patchFor(strategy: Strategy, partition?: number, uid = "u") {
  const group = { what: "StatefulSet sei", uid, strategy, podNames: ["sei-0"], image: "a" };
  const workload = {
    kind: "found",
    what: "StatefulSet ns/sei",
    path: "/sets/sei",
    pointer: POINTER,
    uid: "u",
    generation: 3,
    image: "a",
    settled: true,
    replacesPods: false,
    manager: undefined,
    groups: [group],
  } as const;
  return imagePatch(workload, { from: "a", to: "b", ...(partition !== undefined && { partition }) });
}

const TESTS = [
  { op: "test", path: "/metadata/uid", value: "u" },
  { op: "test", path: "/metadata/generation", value: 3 },
  { op: "test", path: POINTER, value: "a" },
];

describe("the patch that sets an image", () => {
  test("tests what it was decided on, and changes the image alone", () => {
    expect(patchFor({ kind: "OnDelete" })).toEqual([...TESTS, { op: "replace", path: POINTER, value: "b" }]);
  });

  test("writes partition 0 where only the type was named: Kubernetes would go on making pods from the image before", () => {
    expect(patchFor({ kind: "RollingUpdate", partition: 0, written: { type: "RollingUpdate" } })).toEqual([
      ...TESTS,
      { op: "test", path: "/spec/updateStrategy", value: { type: "RollingUpdate" } },
      {
        op: "add",
        path: "/spec/updateStrategy",
        value: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      },
      { op: "replace", path: POINTER, value: "b" },
    ]);
  });

  test.each<[string, Strategy, string]>([
    [
      "that a person wrote",
      { kind: "RollingUpdate", partition: 0, written: { type: "RollingUpdate", rollingUpdate: {} } },
      "u",
    ],
    [
      "of a set that another object gives its image to",
      { kind: "RollingUpdate", partition: 0, written: { type: "RollingUpdate" } },
      "set below",
    ],
  ])("leaves a strategy alone %s", (_, strategy, uid) => {
    expect(patchFor(strategy, undefined, uid)).toEqual([
      ...TESTS,
      { op: "replace", path: POINTER, value: "b" },
    ]);
  });

  const written: readonly (readonly [string, UpdateStrategy | undefined, object])[] = [
    ["there", { type: "RollingUpdate", rollingUpdate: { partition: 2 } }, { partition: 1 }],
    ["not there, as where only the type was named", { type: "RollingUpdate" }, { partition: 1 }],
    [
      "beside other fields, which stay",
      { type: "RollingUpdate", rollingUpdate: { partition: 2, maxUnavailable: 1 } as object },
      { partition: 1, maxUnavailable: 1 },
    ],
  ];
  for (const [where, strategy, rollingUpdate] of written)
    test(`moves a partition that is ${where}`, () => {
      expect(patchFor({ kind: "RollingUpdate", partition: 2, written: strategy }, 1)).toEqual([
        ...TESTS,
        { op: "test", path: "/spec/updateStrategy", value: strategy },
        { op: "add", path: "/spec/updateStrategy", value: { type: "RollingUpdate", rollingUpdate } },
        { op: "replace", path: POINTER, value: "b" },
      ]);
    });
});
