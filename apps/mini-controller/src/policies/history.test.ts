import { expect, test } from "vitest";
import type { Condition } from "../api/condition.ts";
import { ANNOTATION_ABORT, ANNOTATION_ACKNOWLEDGED, API_VERSION } from "../api/group.ts";
import { CONDITION_RESOLVED, type NodeHalt, type PageRecord } from "../api/node-halt.ts";
import type { NodeRecord, RanImage } from "../api/node-record.ts";
import { haltWith, NEW, NOW, OLD } from "../testing/observations.ts";
import { type HistoryView, outlivedHalts } from "./history.ts";

/** The halt that came so many hours ago. */
function haltOf(
  hoursAgo: number,
  changes: Partial<NodeHalt["spec"]> = {},
  status: NodeHalt["status"] = {},
): NodeHalt {
  const detectedAt = new Date(NOW - hoursAgo * 3_600_000).toISOString();
  const spec = { detectedAt, podUID: `uid-${hoursAgo}`, image: "seid:old", height: 10, ...changes };
  return haltWith(spec, { phase: "Recovered", action: "SwapImage", toImage: "seid:old-2", ...status });
}

const conditions: Condition[] = [
  { type: CONDITION_RESOLVED, status: "True", reason: "Running", message: "", lastTransitionTime: "" },
];
const page = (changes: Partial<PageRecord> = {}): PageRecord => ({
  key: "k",
  reason: "r",
  summary: "",
  at: new Date(NOW - 3_600_000).toISOString(),
  delivered: [],
  attempts: 1,
  state: "Resolved",
  resolvedAt: new Date(NOW - 1_800_000).toISOString(),
  ...changes,
});
const record = (...images: readonly RanImage[]): NodeRecord => ({
  apiVersion: API_VERSION,
  kind: "NodeRecord",
  metadata: { name: "sei-0-0", namespace: "sei" },
  spec: { node: "sei-0-0" },
  status: { images: [...images] },
});

/** Names by which a test knows the halts that are deleted: how long ago they came. */
function deleted(halts: readonly NodeHalt[], view: Partial<HistoryView> = {}): readonly string[] {
  const policy = { successfulHaltsHistoryLimit: 0, failedHaltsHistoryLimit: 0 };
  const all = { policy, halts, isPodKept: () => false, recordsOf: () => [], now: NOW, ...view };
  return outlivedHalts(all).map(({ spec }) => spec.podUID);
}

test("of each node the newest are kept, as many as the policy says of each kind", () => {
  const policy = { successfulHaltsHistoryLimit: 2, failedHaltsHistoryLimit: 1 };
  const failed = { phase: "Paged", conditions } as const;
  const halts = [
    haltOf(1),
    haltOf(4),
    haltOf(3),
    haltOf(2),
    haltOf(5, {}, failed),
    haltOf(6, {}, failed),
    haltOf(7, { podName: "sei-1-0" }),
  ];
  expect(deleted(halts, { policy })).toEqual(["uid-4", "uid-3", "uid-6"]);
});

test("pods of a Deployment, whose names are made anew, are one node", () => {
  const policy = { successfulHaltsHistoryLimit: 1, failedHaltsHistoryLimit: 1 };
  const workload = { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", name: "sei" };
  const halts = [haltOf(1, { podName: "sei-a", workload }), haltOf(2, { podName: "sei-b", workload })];
  expect(deleted(halts, { policy })).toEqual(["uid-2"]);
});

test.each<[string, NodeHalt["status"]]>([
  ["Recovered", { phase: "Recovered" }],
  ["Withdrawn", { phase: "Withdrawn" }],
  ["Paged, and its node runs", { phase: "Paged", conditions, page: page() }],
  [
    "Paged by nobody who could be told",
    { phase: "Recovered", page: page({ state: "NoTarget", resolvedAt: undefined }) },
  ],
])("a halt that is %s can go", (_, status) => {
  expect(deleted([haltOf(1, {}, status)])).toEqual(["uid-1"]);
});

const acknowledged = (halt: NodeHalt): NodeHalt => ({
  ...halt,
  metadata: { ...halt.metadata, annotations: { [ANNOTATION_ACKNOWLEDGED]: "true" } },
});

test("a failure that somebody acknowledged can go once its node runs", () => {
  const failed = { phase: "Failed", reason: "RecoveryTimedOut", conditions } as const;
  expect(deleted([haltOf(1, {}, failed)])).toEqual([]);
  expect(deleted([acknowledged(haltOf(1, {}, failed))])).toEqual(["uid-1"]);
  expect(deleted([acknowledged(haltOf(1, {}, { ...failed, conditions: [] }))])).toEqual([]);
});

test.each<[string, NodeHalt["status"]]>([
  ["waits", { phase: "Held" }],
  ["is swapped", { phase: "Recovering" }],
  ["was paged, and whose node does not run", { phase: "Paged" }],
  ["has a page that is not told to be over", { phase: "Recovered", page: page({ state: "Resolving" }) }],
  [
    "has a former page that stands",
    { phase: "Recovered", formerPages: [page({ state: "Sent", resolvedAt: undefined })] },
  ],
  [
    "has an alert whose end is still repeated",
    { phase: "Recovered", page: page({ resolvedAt: new Date(NOW - 60_000).toISOString() }) },
  ],
  ["the controller did not write", { phase: "Recovered", seen: undefined } as never],
])("a halt that %s is never deleted", (_, status) => {
  expect(deleted([haltOf(1, {}, status)])).toEqual([]);
});

test("nor one that a person aborted: the same halt of a pod that is made anew is held by it", () => {
  const halt = haltOf(1);
  const annotations = { [ANNOTATION_ABORT]: "true" };
  expect(deleted([{ ...halt, metadata: { ...halt.metadata, annotations } }])).toEqual([]);
});

test("nor one whose very pod is there: it could show the halt again, which would be taken for another", () => {
  expect(deleted([haltOf(1), haltOf(2)], { isPodKept: ({ spec }) => spec.podUID === "uid-1" })).toEqual([
    "uid-2",
  ]);
});

const at = "2026-08-21T17:00:00Z";
test.each<[string, RanImage, Partial<NodeHalt["spec"]>]>([
  ["an image that halted itself", { image: OLD, height: 50, at }, { image: OLD }],
  [
    "an image that was swapped away at a height that it had not passed",
    { image: "seid:x", height: 9, at },
    { height: 10 },
  ],
  [
    "the same at a height that nobody knows",
    { image: "seid:x", height: 9, at },
    { height: undefined as never },
  ],
])("nor what keeps a node from going back to %s", (_, ran, spec) => {
  const recordsOf = () => [record({ image: NEW, height: 60, at }, ran)];
  expect(deleted([haltOf(1, spec)], { recordsOf })).toEqual([]);
  expect(deleted([haltOf(1, spec)])).toEqual(["uid-1"]);
});

test("one journal that says so is enough: that of the greatest height", () => {
  const recordsOf = () => [record({ image: OLD, height: 50, at })];
  const paged = { phase: "Paged", conditions, toImage: undefined } as never;
  const halts = [1, 2, 3].map((hours) => haltOf(hours, { image: OLD, height: hours === 2 ? 40 : 30 }, paged));
  expect(deleted(halts, { recordsOf })).toEqual(["uid-3", "uid-1"]);
});
