import { expect, test } from "vitest";
import { type HaltPolicy, PATHS, type Pod, pathOf, pathOfObject, type Stored } from "../server/objects.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Truth } from "./observer.ts";
import { Observer } from "./observer.ts";

const BY = "controller-a";
const NAMESPACE = "validators";
const POD = {
  metadata: { name: "sei-0", namespace: NAMESPACE, uid: "pod-1", labels: { app: "seid" } },
  spec: { containers: [{ name: "seid" }] },
} as unknown as Pod;

function policyOf(resourceVersion: number, paused: boolean): HaltPolicy {
  return {
    metadata: {
      name: "policy",
      namespace: NAMESPACE,
      uid: "policy-1",
      resourceVersion: `${resourceVersion}`,
    },
    spec: { selector: { matchLabels: { app: "seid" } }, container: "seid", paused },
  } as unknown as HaltPolicy;
}

/** What is found as the deletion of a pod arrives at 200 ms that was sent at 120 ms, and whose policy was listed before. */
function found(told: { readonly at: number; readonly version: number } | undefined) {
  let now = 0;
  const truth = { now: () => now, all: () => [] };
  const observer = new Observer(truth as unknown as Truth);
  const read = (objects: readonly Stored[], isTold: boolean) =>
    observer.onReading({
      by: BY,
      path: isTold ? PATHS.policies : pathOf(PATHS.policies, NAMESPACE),
      objects,
      at: now,
      isTold,
    });
  now = 100;
  read([policyOf(5, false)], false);
  const tell = () => told && read([policyOf(told.version, true)], true);
  if (told !== undefined && told.at <= 120) tell();
  now = 120;
  observer.onSend(BY, pathOfObject(PATHS.pods, POD));
  if (told !== undefined && told.at > 120) tell();
  now = 200;
  const paused = INVARIANTS.find(({ name }) => name === "paused");
  return paused?.onAct?.({ kind: "delete-pod", by: BY, at: now, pod: POD }, observer);
}

test("an act of which a watch had told before it was sent that its policy is paused is found", () => {
  expect(found({ at: 110, version: 6 })).toBe("a watch had told that its policy is paused");
  expect(found({ at: 130, version: 6 }), "told since").toBeUndefined();
  expect(found({ at: 110, version: 4 }), "told of what was before").toBeUndefined();
  expect(found(undefined)).toBeUndefined();
});
