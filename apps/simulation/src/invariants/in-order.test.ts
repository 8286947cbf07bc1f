import { expect, test } from "vitest";
import { PATHS, type Pod, pathOf, pathOfObject, type Stored } from "../server/objects.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Truth } from "./observer.ts";
import { Observer } from "./observer.ts";

const BY = "controller-a";
const NAMESPACE = "validators";
const SET = {
  metadata: { name: "sei", namespace: NAMESPACE, uid: "set-1" },
  kind: "StatefulSet",
  spec: { replicas: 2, podManagementPolicy: "OrderedReady", selector: { matchLabels: {} } },
} as unknown as Stored;

function podOf(name: string, resourceVersion: number, isReady: boolean): Pod {
  const ownerReferences = [{ kind: "StatefulSet", name: "sei", uid: "set-1", controller: true }];
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: name,
      resourceVersion: `${resourceVersion}`,
      ownerReferences,
    },
    spec: { containers: [] },
    status: { conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
  } as unknown as Pod;
}

/** What is found as the deletion of sei-1 arrives at 200 ms, where sei-0 was listed as ready and then came to its end. */
function found(tell: "before it was sent" | "since" | "older than the list") {
  const [listed, ended, own] = [podOf("sei-0", 5, true), podOf("sei-0", 6, false), podOf("sei-1", 4, false)];
  const truth = {
    now: () => 200,
    all: (collection: string) =>
      collection === PATHS.statefulSets ? [SET] : collection === PATHS.pods ? [ended, own] : [],
  };
  const observer = new Observer(truth as unknown as Truth);
  const read = (objects: readonly Stored[], at: number, isTold: boolean) =>
    observer.onReading({
      by: BY,
      path: isTold ? PATHS.pods : pathOf(PATHS.pods, NAMESPACE),
      objects,
      at,
      isTold,
    });
  read([listed, own], 100, false);
  if (tell === "before it was sent") read([ended], 110, true);
  if (tell === "older than the list") read([podOf("sei-0", 3, false)], 110, true);
  observer.onSend(BY, pathOfObject(PATHS.pods, own));
  // Another of its halts has the pods listed once more.
  read([ended, own], 150, false);
  if (tell === "since") read([ended], 150, true);
  const act = { kind: "delete-pod", by: BY, at: 200, pod: own } as const;
  return INVARIANTS.find(({ name }) => name === "in-order")?.onAct?.(act, observer);
}

test("a deletion that was sent though a lower ordinal was known not to be ready breaks the order", () => {
  expect(found("before it was sent")).toBe("sei-0 would be made before it");
});

test("a deletion that was on its way as a lower ordinal ended is nobody's fault", () => {
  expect(found("since")).toBeUndefined();
  expect(found("older than the list")).toBeUndefined();
});
