import type { Verdict } from "@upgrade-halt/consumer";
import { expect, test } from "vitest";
import type { Pod } from "../model/pod.ts";
import { groupWith, haltWith, OLD } from "../testing/observations.ts";
import { type SiblingJudgement, type SiblingState, siblingsOf } from "./siblings.ts";

const HALT = haltWith({ podName: "sei-2" }).spec;

function podOf(name: string, more: Partial<Pod["metadata"]> = {}): Pod {
  const metadata = { name, namespace: "sei", uid: `uid of ${name}`, ...more };
  return { metadata, spec: { containers: [{ name: "seid", image: OLD }] } };
}

function halted(changes: Partial<Extract<Verdict, { kind: "halted" }>> = {}): Verdict {
  return {
    kind: "halted",
    reason: 70,
    plan: "v6.7",
    height: 30,
    corroborated: true,
    sources: ["exit-code", "plan-line"],
    why: "It halted.",
    contradictions: [],
    ...changes,
  };
}

const verdict = (kind: "running" | "unknown" | "stopped"): Verdict => ({ kind, why: "", contradictions: [] });
const crashed: Verdict = { kind: "crashed", cause: { kind: "panic", code: 2 }, why: "", contradictions: [] };

function stateOf(
  judgement: Omit<SiblingJudgement, "twins">,
  pod: Pod = podOf("sei-1"),
): SiblingState | undefined {
  const group = groupWith({ podNames: ["sei-1", "sei-2"] });
  return siblingsOf(
    HALT,
    [group],
    () => [pod, podOf("sei-2")],
    () => ({ ...judgement, twins: [] }),
  )[0]?.state;
}

test.each<[string, Verdict, number | undefined, SiblingState["kind"]]>([
  ["halted for the plan", halted(), 30, "halted"],
  ["halted for the plan, some blocks after it was seen last", halted(), 5, "halted"],
  ["halted for the plan, and was seen last too far below", halted(), 4, "not-halted"],
  ["halted for the plan, and was seen above it before", halted(), 31, "not-halted"],
  ["halted for the plan, and was seen at no height", halted(), undefined, "not-halted"],
  ["halted for another plan", halted({ plan: "v6.8" }), 30, "not-halted"],
  ["halted at another height", halted({ height: 31 }), 31, "not-halted"],
  ["halted for another reason", halted({ reason: 71 }), 30, "not-halted"],
  ["halted without a plan", halted({ plan: undefined }), 30, "not-halted"],
  ["halted on one source alone", halted({ corroborated: false }), 30, "not-halted"],
  ["runs below the height", verdict("running"), 29, "not-halted"],
  ["runs at the height", verdict("running"), 30, "not-halted"],
  ["runs past the height", verdict("running"), 31, "past"],
  ["runs, and was seen at no height", verdict("running"), undefined, "not-halted"],
  ["is unknown, and was once past the height", verdict("unknown"), 31, "not-halted"],
  ["crashed in back-off", crashed, 29, "not-halted"],
  ["stopped", verdict("stopped"), 30, "not-halted"],
])("a sibling that %s", (_, judged, height, kind) => {
  expect(stateOf({ verdict: judged, height })?.kind).toBe(kind);
});

test("a sibling that was started again after its halt has not halted, unless it announces that it has", () => {
  const state = { running: {} };
  const pod = { ...podOf("sei-1"), status: { containerStatuses: [{ name: "seid", state }] } };
  expect(stateOf({ verdict: halted(), height: 30 }, pod)?.kind).toBe("not-halted");
  const sources = ["live-intent", "listed-plan"] as const;
  expect(stateOf({ verdict: halted({ sources }), height: 30 }, pod)?.kind).toBe("halted");
});

test("a sibling that is being deleted has not halted, whatever it says", () => {
  const pod = podOf("sei-1", { deletionTimestamp: "2026-01-01T00:00:00Z" });
  expect(stateOf({ verdict: halted(), height: 30 }, pod)?.kind).toBe("not-halted");
});

test("every ordinal counts, and the pods that are controlled besides", () => {
  const pods = [podOf("sei-2"), podOf("sei-9")];
  const judge = () => ({ verdict: halted(), height: 30, twins: [] });
  const found = siblingsOf(HALT, [groupWith()], (uid) => (uid === "set-1" ? pods : []), judge);
  expect(found.map(({ name, index, uid, state }) => [name, index, uid !== undefined, state.kind])).toEqual([
    ["sei-9", undefined, true, "halted"],
    ["sei-0", 0, false, "not-halted"],
    ["sei-1", 1, false, "not-halted"],
  ]);
});

test("pods of every group are siblings", () => {
  const groups = [groupWith(), groupWith({ uid: "set-2", podNames: ["other-0"] })];
  const names = siblingsOf(
    HALT,
    groups,
    () => [],
    () => ({ verdict: halted(), height: 30, twins: [] }),
  );
  expect(names.map(({ name }) => name)).toEqual(["sei-0", "sei-1", "other-0"]);
});

test("a ReplicaSet's pods that ended for good are none, and others are", () => {
  const group = groupWith({ podNames: [], strategy: { kind: "Recreate", replicas: 1 } });
  const ended = {
    ...podOf("over"),
    status: {
      phase: "Failed",
      containerStatuses: [{ name: "seid", state: { terminated: { exitCode: 1 } } }],
    },
  };
  const judge = () => ({ verdict: verdict("unknown"), height: undefined, twins: [] });
  const found = siblingsOf(HALT, [group], () => [ended, podOf("pending")], judge);
  expect(found.map(({ name }) => name)).toEqual(["pending"]);
});

test("where pods have names of their own, one that is missing has not halted", () => {
  const judge = () => ({ verdict: halted(), height: 30, twins: [] });
  const namesWith = (wanted: number) =>
    siblingsOf(
      HALT,
      [groupWith({ what: "ReplicaSet sentry-1", podNames: [], wanted })],
      () => [podOf("sentry-1-a")],
      judge,
    ).map(({ name, state }) => `${name} ${state.kind}`);
  expect(namesWith(1)).toEqual(["sentry-1-a halted"]);
  expect(namesWith(2)).toEqual(["sentry-1-a halted", "a pod of ReplicaSet sentry-1 not-halted"]);
});

test("a sibling that did not announce its halt counts as halted only where the policy allows to act on such a one", () => {
  const inferred = halted({ inferred: true, sources: ["plan-line", "listed-plan", "last-height"] });
  const standing = {
    ...podOf("sei-1"),
    status: { containerStatuses: [{ name: "seid", state: { running: {} } }] },
  };
  for (const pod of [podOf("sei-1"), standing]) {
    expect(stateOf({ verdict: inferred, height: 30, mayInfer: true }, pod)?.kind).toBe("halted");
    expect(stateOf({ verdict: inferred, height: 30 }, pod)).toEqual({
      kind: "not-halted",
      found: "did not announce its halt, and spec.inferredHalts is not Act",
    });
  }
});

test("a sibling that may not be acted on has not halted, whatever it shows", () => {
  const heldBack = "is governed by HaltPolicy other";
  const state = stateOf({ verdict: halted(), height: 30, heldBack });
  expect(state).toEqual({ kind: "not-halted", found: heldBack });
});
