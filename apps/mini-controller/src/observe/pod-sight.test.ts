import { expect, test } from "vitest";
import type { NodeHalt, Seen } from "../api/node-halt.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { judgedNode } from "../judge/judged-node.ts";
import { recommendFor } from "../judge/judgement.ts";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerStatus, Pod } from "../model/pod.ts";
import { haltWith, NOW, OLD, policyWith } from "../testing/observations.ts";
import { podSightOf, seenOf } from "./pod-sight.ts";

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: \n';
const ended = (exitCode: number, message = "") => ({ terminated: { exitCode, message } });
const RUNNING = { running: { startedAt: "2026-08-21T17:59:59Z" } };
const policy = policyWith();
const halt = haltWith({}, { phase: "Held", steps: [] });

function podWith(status: Partial<ContainerStatus>, image = OLD): Pod {
  return {
    metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1" },
    spec: { containers: [{ name: "seid", image }] },
    status: { phase: "Running", containerStatuses: [{ name: "seid", restartCount: 0, ...status }] },
  };
}

function liveAt(height: number, run: number, changes: Partial<LiveStatus> = {}, intent?: object): LiveStatus {
  const haltIntent =
    intent === undefined
      ? ({ kind: "absent" } as const)
      : ({
          kind: "intent",
          intent: { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 },
          defects: [],
        } as const);
  return {
    sighting: {
      kind: "answered",
      at: NOW,
      envelope: "bare",
      node: { height, chainId: "pacific-1", haltIntent },
    },
    chainId: "pacific-1",
    validatorAddress: undefined,
    height,
    firstHeight: height,
    firstHeightAt: NOW,
    run,
    runHeight: height,
    ...changes,
  };
}

const look = (pod: Pod, live?: LiveStatus) => podSightOf(halt, judgedNode(pod, policy, live), NOW);

test("a pod shows its halt by its exit code, and keeps it while it ends otherwise as it restarts", () => {
  expect(look(podWith({ state: ended(70, LINE) }))).toMatchObject({ kind: "halted", shown: true });
  const waiting = { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(70, LINE) };
  expect(look(podWith(waiting))).toMatchObject({ kind: "halted", shown: true });
  expect(look(podWith({ state: ended(130), restartCount: 2 }))).toMatchObject({
    kind: "halted",
    shown: true,
  });
});

const HALTED_AT_0 = haltWith({ restartCount: 0 }, { phase: "Held", steps: [] });
const BACK_OFF = { waiting: { reason: "CrashLoopBackOff" } };
/** A process that ended after it had run for so many seconds. */
const endedAfter = (seconds: number, exitCode: number, message = "") => ({
  terminated: {
    exitCode,
    message,
    startedAt: "2026-08-21T16:00:00Z",
    finishedAt: new Date(Date.parse("2026-08-21T16:00:00Z") + seconds * 1000).toISOString(),
  },
});

test.each([
  ["ended with 0", { state: endedAfter(3_600, 0) }],
  ["crashed with 1", { state: endedAfter(3_600, 1) }],
  ["panicked", { state: endedAfter(3_600, 2) }],
  ["was killed", { state: endedAfter(3_600, 137) }],
  ["waits after a crash", { state: BACK_OFF, lastState: endedAfter(3_600, 2) }],
  ["waits after an end", { state: BACK_OFF, lastState: endedAfter(3_600, 0) }],
])("a pod that ran for an hour after its halt and %s shows it no more", (_, status) => {
  const left = podWith({ lastState: ended(70, LINE), restartCount: 1, ...status });
  expect(podSightOf(HALTED_AT_0, judgedNode(left, policy, liveAt(29, 0)), NOW)).toMatchObject({
    kind: "halted",
    shown: false,
  });
  expect(seenOf(HALTED_AT_0, judgedNode(left, policy, liveAt(29, 0)), NOW)).toBeUndefined();
});

test.each([
  ["an error at once", { state: endedAfter(1, 1), lastState: ended(70, LINE), restartCount: 1 }, false],
  ["a panic at once", { state: endedAfter(1, 2), lastState: ended(70, LINE), restartCount: 1 }, true],
  ["a panic at once, in back-off", { state: BACK_OFF, lastState: endedAfter(1, 2), restartCount: 1 }, true],
  [
    "a run that nobody saw the end of",
    { state: BACK_OFF, lastState: endedAfter(1, 2), restartCount: 2 },
    false,
  ],
  ["two panics at once", { state: endedAfter(1, 2), lastState: endedAfter(1, 130), restartCount: 2 }, true],
  ["the same halt, an hour later", { state: endedAfter(3_600, 70, LINE), restartCount: 9 }, true],
  ["nothing that is known", { state: BACK_OFF }, false],
])("a pod that halted and then had %s: %o", (_, status, shown) => {
  const node = judgedNode(podWith(status), policy, liveAt(29, 0));
  expect(podSightOf(HALTED_AT_0, node, NOW)).toMatchObject({ kind: "halted", shown });
});

test("a pod that answers on another chain than the halt's and the policy's says so, and no height of it makes it healthy", () => {
  const there = { chainId: "atlantic-2", runHeight: 40 };
  const self = podWith({ state: RUNNING, restartCount: 1 });
  expect(look(self, liveAt(50, 1, there)).kind).toBe("halted");
  expect(look(self, liveAt(50, 1)).kind).toBe("healthy");
  const successor = podWith({ state: RUNNING }, "registry/seid:v6.7");
  expect(look(successor, liveAt(50, 0, there))).toMatchObject({
    kind: "successor",
    otherChain: "atlantic-2",
  });
  expect(look(successor, liveAt(50, 0))).toMatchObject({ kind: "successor", otherChain: undefined });
});

test("what an earlier run announced is nothing that the present one shows", () => {
  const again = podWith({ state: RUNNING, lastState: ended(70, LINE), restartCount: 2 });
  expect(look(again, liveAt(30, 1, {}, {}))).toMatchObject({ kind: "halted", shown: false });
  const died = podWith({ state: endedAfter(3_600, 1), restartCount: 2 });
  expect(look(died, liveAt(30, 1, {}, {}))).toMatchObject({ kind: "halted", shown: false });
});

test("a process that was started again shows no halt until it announces it", () => {
  const again = podWith({ state: RUNNING, lastState: ended(70, LINE), restartCount: 1 });
  expect(look(again)).toMatchObject({ kind: "halted", shown: false });
  expect(look(again, liveAt(30, 1, {}, {}))).toMatchObject({ kind: "halted", shown: true });
});

test("a pod runs again once its present run answers clearly past the height, below it, or moves", () => {
  const again = podWith({ state: RUNNING, lastState: ended(70, LINE), restartCount: 1 });
  expect(look(again, liveAt(31, 1))).toMatchObject({ kind: "healthy", height: 31 });
  expect(look(again, liveAt(2, 1))).toMatchObject({ kind: "healthy", height: 2 });
  expect(look(again, liveAt(30, 1, { runHeight: 28 }))).toMatchObject({ kind: "healthy", height: 30 });
  expect(look(again, liveAt(30, 1, { runHeight: 29 })), "a block stored, and not applied").toMatchObject({
    kind: "halted",
  });
  expect(look(again, liveAt(29, 1)), "as it stands at the halt").toMatchObject({
    kind: "halted",
    shown: false,
  });
  expect(look(again, liveAt(0, 1)), "as it begins, and has loaded no height").toMatchObject({
    kind: "halted",
    shown: false,
  });
  expect(look(again, liveAt(2, 0)), "what an earlier run said").toMatchObject({
    kind: "halted",
    shown: false,
  });
});

test("a node of an inferred halt runs again once it made blocks above those that it stood at", () => {
  const sources = ["plan-line"];
  const tooNew = haltWith(
    { reason: "binary_too_new", sources, height: 30 },
    { phase: "Held", steps: [], seen: { at: timestamp(NOW), sources, height: 20 } },
  );
  const self = podWith({ state: RUNNING });
  const see = (height: number) =>
    podSightOf(tooNew, judgedNode(self, policy, liveAt(height, 0, { runHeight: 10 })), NOW).kind;
  expect(see(20), "where it stands, in the run that came there").toBe("halted");
  expect(see(21), "with a block more that it can't apply").toBe("halted");
  expect(see(22)).toBe("healthy");
});

test("a node of a halt that was inferred as it started runs again once a later run makes blocks", () => {
  const sources = ["plan-line"];
  const { height: _, ...spec } = haltWith({ reason: "downgrade_detected", sources, restartCount: 0 }).spec;
  const seen = { at: timestamp(NOW), sources, chainId: "pacific-1" };
  const older = { ...haltWith({}, { phase: "Paged", steps: [], seen }), spec };
  const see = (run: number, height: number) => {
    const self = podWith({ state: RUNNING, restartCount: run });
    return podSightOf(older, judgedNode(self, policy, liveAt(height, run, { runHeight: 358 })), NOW).kind;
  };
  expect(see(1, 359), "with a block more that it can't apply").toBe("halted");
  expect(see(0, 360), "in the run that halted").toBe("halted");
  expect(see(1, 360)).toBe("healthy");
});

test("a pod that halted on another chain is told of once a person is told by its journal, or by that of one which halted so before it", () => {
  const there = { chainId: "atlantic-2" };
  const self = podWith({ state: ended(70, LINE) });
  const pod = { ...self, metadata: { ...self.metadata, uid: "uid-2" } };
  const own = (podUID: string, state: "Sent" | "Resolved", chainId?: string) =>
    haltWith(
      { podUID },
      {
        phase: "Held",
        steps: [],
        ...(chainId !== undefined && { seen: { at: timestamp(NOW), sources: [], chainId } }),
        page: { key: "k", reason: "OtherChain", summary: "s", at: "", delivered: [], attempts: 1, state },
      },
    );
  const toldBy = (journals: readonly NodeHalt[], live = liveAt(29, 0, there)) => {
    const sight = podSightOf(halt, judgedNode(pod, policy, live), NOW, [halt, ...journals]);
    return sight.kind === "successor" ? sight.toldBy : sight.kind;
  };
  const told = own("uid-2", "Sent");
  expect(toldBy([told])).toBe(told.metadata.name);
  expect(toldBy([own("uid-2", "Resolved")])).toBeUndefined();
  expect(toldBy([own("uid-3", "Sent")])).toBeUndefined();
  expect(toldBy([own("uid-3", "Sent", "pacific-1")])).toBeUndefined();
  const before = own("uid-3", "Sent", "atlantic-2");
  expect(toldBy([before])).toBe(before.metadata.name);
  expect(toldBy([own("uid-3", "Resolved", "atlantic-2")])).toBeUndefined();
  expect(toldBy([])).toBeUndefined();
});

test("a halt of which nobody wrote down what its pod showed is the one that a pod made anew shows, on whatever chain", () => {
  const self = podWith({ state: ended(70, LINE) });
  const pod = { ...self, metadata: { ...self.metadata, uid: "uid-2" } };
  const node = judgedNode(pod, policy, liveAt(29, 0, { chainId: "atlantic-2" }));
  const kindOf = (seen?: Seen) =>
    podSightOf(haltWith({}, { phase: "Held", steps: [], seen }), node, NOW).kind;
  const at = timestamp(NOW);
  expect(kindOf()).toBe("halted");
  expect(kindOf({ at, sources: [], chainId: "atlantic-2" })).toBe("halted");
  expect(kindOf({ at, sources: [], chainId: "pacific-1" })).toBe("successor");
});

test("what another image does in the same pod says nothing of the one that halted", () => {
  const other = podWith({ state: RUNNING, restartCount: 1 }, "registry/seid:v6.7");
  expect(look(other, liveAt(31, 1))).toMatchObject({ kind: "successor", image: "registry/seid:v6.7" });
});

test("a halt was seen only where the pod tells just what the NodeHalt says", () => {
  const pod = podWith({ state: ended(70, LINE) });
  const node = judgedNode(pod, policy, liveAt(29, 0));
  expect(seenOf(halt, node, NOW)).toMatchObject({
    sources: expect.arrayContaining(["exit-code", "plan-line"]),
    height: 29,
    chainId: "pacific-1",
  });
  for (const forged of [
    { planName: "v6.8" },
    { height: 31 },
    { image: "x" },
    { container: "y" },
    { podName: "z", podUID: "z" },
  ])
    expect(seenOf(haltWith(forged), node, NOW)).toBeUndefined();
  const healthy = judgedNode(podWith({ state: RUNNING }), policy, liveAt(29, 0));
  expect(seenOf(halt, healthy, NOW)).toBeUndefined();
});

test("a record that the API server took only in part was seen, as far as it tells", () => {
  const node = judgedNode(podWith({ state: ended(70, LINE) }), policy, liveAt(29, 0));
  const { planName: _, height: __, ...spec } = haltWith({ sources: [] }).spec;
  expect(seenOf({ ...halt, spec }, node, NOW)).toMatchObject({ height: 29 });
  const forged = { ...halt, spec: { ...spec, sources: ["exit-code", "plan-line"] } };
  expect(seenOf(forged, node, NOW)).toBeUndefined();
});

test("of an inferred halt each run has to show it anew: one that ended otherwise shows nothing", () => {
  const sources = ["plan-line", "listed-plan", "last-height"];
  const seen = { at: "2026-08-21T17:59:59.990Z", sources, chainId: "pacific-1", height: 30 };
  const inferred = haltWith({ sources, exitCode: 2 }, { phase: "Held", steps: [], seen });
  const sightOf = (status: Partial<ContainerStatus>) =>
    podSightOf(inferred, judgedNode(podWith(status), policy, liveAt(30, 0)), NOW);
  const panicked = ended(2, `panic: ${LINE}\ngoroutine 1 [running]:\n`);
  expect(sightOf({ state: panicked })).toMatchObject({ kind: "halted", shown: true });
  const waiting = { waiting: { reason: "CrashLoopBackOff" } };
  expect(sightOf({ state: waiting, lastState: panicked })).toMatchObject({ kind: "halted", shown: true });
  for (const end of [ended(2), ended(137), ended(0)])
    expect(sightOf({ state: waiting, lastState: end, restartCount: 1 })).toMatchObject({
      kind: "halted",
      shown: false,
    });
});

test("a halt is seen at the height that it was judged by, and not at that of a run before", () => {
  const worked = { ...endedAfter(45, 70, LINE).terminated };
  const pod = podWith({ state: { terminated: worked }, restartCount: 1 });
  const again = haltWith({ restartCount: 1 }, { phase: "Held", steps: [] });
  expect(seenOf(again, judgedNode(pod, policy, liveAt(29, 1)), NOW)?.height).toBe(29);
  const unread = seenOf(again, judgedNode(pod, policy, liveAt(29, 0)), NOW);
  expect(unread?.sources).toContain("plan-line");
  expect(unread?.height).toBeUndefined();
});

test("two halt lines that tell of different plans are seen as a dispute, which is paged as that", () => {
  const other = LINE.replace("v6.7", "v6.8");
  const pod = podWith({ state: ended(70, `ERR ${other}ERR ${LINE}`) });
  const node = judgedNode(pod, policy, liveAt(29, 0));
  const seen = seenOf(halt, node, NOW);
  expect(seen).toMatchObject({
    sources: [],
    disputed: "A log line says upgrade_required (plan v6.8 at height 30).",
  });
  if (seen === undefined) return;
  for (const later of [undefined, node.verdict])
    expect(recommendFor({ spec: halt.spec, seen }, policy.spec, { seen: later })).toMatchObject({
      action: "page",
      reason: "SourcesDispute",
      why: expect.stringContaining("plan v6.8 at height 30"),
    });
});

test("of a binary that is too new is seen how long the first run of its pod lasted, where that one halted", () => {
  const line = 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.7" - in binary but not executed on chain\n';
  const spec = { reason: "binary_too_new", height: undefined, sources: ["exit-code", "plan-line"] };
  const tooNew = haltWith(spec);
  const madeAt = (status: Partial<ContainerStatus>, uid = "uid-1"): Pod => {
    const pod = podWith(status);
    return { ...pod, metadata: { ...pod.metadata, uid, creationTimestamp: "2026-08-21T17:58:00Z" } };
  };
  const seen = (pod: Pod) => seenOf(tooNew, judgedNode(pod, policy, undefined), NOW);
  const [short, long] = [endedAfter(5, 71, line), endedAfter(840, 71, line)];
  const ms = (status: Partial<ContainerStatus>, uid?: string) => seen(madeAt(status, uid))?.firstRunMs;
  expect([ms({ state: short }), ms({ state: long })]).toEqual([5_000, 840_000]);
  expect(ms({ restartCount: 1, state: RUNNING, lastState: short })).toBe(5_000);
  expect(ms({ state: ended(71, line) })).toBe(120_000);

  // Whatever a NodeHalt says: the run that halted is a later one, or another pod's.
  expect(seen(madeAt({ restartCount: 1, state: short }))).toBeDefined();
  expect(ms({ restartCount: 1, state: short })).toBeUndefined();
  expect(ms({ restartCount: 1, state: BACK_OFF, lastState: short })).toBeUndefined();
  expect(ms({ state: short }, "uid-2")).toBeUndefined();
  expect(
    seenOf(halt, judgedNode(podWith({ state: endedAfter(5, 70, LINE) }), policy, undefined), NOW),
  ).not.toHaveProperty("firstRunMs");
});
