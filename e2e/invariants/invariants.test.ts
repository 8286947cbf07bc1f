import type { KubernetesObject } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { Change, Kind } from "./chronicle.ts";
import { brokenBy, brokenPages, INVARIANTS } from "./invariants.ts";

const [OLD, NEW] = ["node:v1", "node:v2"];
const ENDED = { terminated: { exitCode: 70 } };
const RUNNING = { running: {} };

function pod(name: string, state: object, changes: { image?: string; uid?: string; claim?: string } = {}) {
  const { image = OLD, uid = `uid-${name}`, claim = name } = changes;
  return {
    metadata: {
      name,
      uid,
      ownerReferences: [{ kind: "StatefulSet", name: "sei", uid: "set", controller: true }],
    },
    spec: {
      containers: [{ name: "seid", image }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
    },
    status: { containerStatuses: [{ name: "seid", state }] },
  };
}

/** A pod that halted, and that a kubelet has. */
function bound(name: string) {
  const { spec, ...rest } = pod(name, ENDED);
  return { ...rest, spec: { ...spec, nodeName: "machine" } };
}

function set(image: string, changes: object = {}) {
  const template = { spec: { containers: [{ name: "seid", image }] } };
  return { metadata: { name: "sei", uid: "set" }, spec: { replicas: 2, template, ...changes } };
}

function policy(upgrades: readonly object[]) {
  return { metadata: { name: "policy", uid: "policy" }, spec: { upgrades } };
}

const LISTED = { planName: "v2", height: 10, image: NEW };
const SPEC = {
  podName: "sei-0",
  container: "seid",
  reason: "upgrade_required",
  planName: "v2",
  height: 10,
  workload: { kind: "StatefulSet", name: "sei" },
};

function halt(status: object, spec: object = {}) {
  return { metadata: { name: "halt", uid: "halt" }, spec: { ...SPEC, ...spec }, status };
}

const SWAPPING = { phase: "Swapping", action: "SwapImage", toImage: NEW };
const RECREATING = { ...SWAPPING, phase: "Recreating", deletedPodUID: "uid-sei-0" };

type Step = readonly [Kind, object, "DELETED"?];

/** Changes in their order; an object that was there before is modified. */
function chronicle(...steps: readonly Step[]): readonly Change[] {
  const known = new Set<string>();
  return steps.map(([kind, object, deleted], version) => {
    const key = `${kind}/${(object as KubernetesObject).metadata?.name}`;
    const type = deleted ?? (known.has(key) ? "MODIFIED" : "ADDED");
    if (deleted) known.delete(key);
    else known.add(key);
    return { kind, type, object: object as KubernetesObject, version };
  });
}

const BEGIN = [
  ["HaltPolicy", policy([LISTED])],
  ["StatefulSet", set(OLD)],
  ["Pod", pod("sei-0", ENDED)],
] as const;

const SWAP = [...BEGIN, ["NodeHalt", halt(SWAPPING)], ["StatefulSet", set(NEW)]] as const;
const WHOLE = [...SWAP, ["NodeHalt", halt(RECREATING)], ["Pod", pod("sei-0", ENDED), "DELETED"]] as const;

describe("a swap as it has to be", () => {
  test("breaks nothing", () => {
    expect(brokenBy(chronicle(...WHOLE))).toEqual([]);
  });

  test("and what no journal announced is somebody else's", () => {
    const others = chronicle(...BEGIN, ["Pod", pod("sei-0", RUNNING)], ["StatefulSet", set("x")]);
    expect(brokenBy(others)).toEqual([]);
  });
});

/** What the control plane tells once it has deleted a pod of the set by itself. */
function deletedBySet(name: string, message: string) {
  const involvedObject = { kind: "StatefulSet", name: "sei" };
  return { metadata: { name: `event-${name}` }, involvedObject, reason: "SuccessfulDelete", message };
}

describe("a running pod that is deleted after its image was set", () => {
  const deleted = (after: readonly Step[]) =>
    brokenBy(
      chronicle(
        ...SWAP,
        ["NodeHalt", halt(RECREATING)],
        ["Pod", pod("sei-0", RUNNING)],
        ["Pod", pod("sei-0", RUNNING), "DELETED"],
        ...after,
      ),
    );
  const event = (name: string, message: string): Step => ["Event", deletedBySet(name, message)];

  test("was deleted by its set's roll-out where the set says so, in the words of any Kubernetes", () => {
    expect(deleted([event("sei-0", "Delete Pod sei-0 in StatefulSet sei successful")])).toEqual([]);
    expect(deleted([event("sei-0", "delete Pod sei-0 in StatefulSet sei successful")])).toEqual([]);
  });

  test("was deleted for its halt where the set tells of another pod, or only of the next one of its name", () => {
    const broken = expect.stringContaining("halted: sei-0 runs");
    expect(deleted([event("sei-1", "Delete Pod sei-1 in StatefulSet sei successful")])).toContainEqual(
      broken,
    );
    const next = { ...pod("sei-0", RUNNING, { uid: "next" }) };
    const told = event("sei-0", "Delete Pod sei-0 in StatefulSet sei successful");
    expect(deleted([["Pod", next], ["Pod", next, "DELETED"], told])).toContainEqual(broken);
  });
});

const WRONG: Readonly<Record<string, readonly Step[]>> = {
  halted: [
    ...SWAP,
    ["Pod", pod("sei-0", RUNNING)],
    ["NodeHalt", halt(RECREATING)],
    ["Pod", pod("sei-0", RUNNING), "DELETED"],
  ],
  "not-forced": [
    ...SWAP,
    ["Pod", bound("sei-0")],
    ["NodeHalt", halt(RECREATING)],
    ["Pod", bound("sei-0"), "DELETED"],
  ],
  "own-code": [
    ...SWAP,
    ["Pod", pod("sei-0", { terminated: { exitCode: 72 } })],
    ["NodeHalt", halt(RECREATING)],
    ["Pod", pod("sei-0", RUNNING), "DELETED"],
  ],
  inferred: [...BEGIN, ["NodeHalt", halt(SWAPPING, { inferredFrom: ["log"] })], ["StatefulSet", set(NEW)]],
  "whole-set": [
    ...BEGIN,
    ["Pod", pod("sei-1", RUNNING)],
    ["NodeHalt", halt(SWAPPING)],
    ["StatefulSet", set(NEW)],
  ],
  "listed-image": [
    ...BEGIN,
    ["HaltPolicy", policy([{ ...LISTED, height: 11 }])],
    ["NodeHalt", halt(SWAPPING)],
    ["StatefulSet", set(NEW)],
  ],
  "image-alone": [...BEGIN, ["NodeHalt", halt(SWAPPING)], ["StatefulSet", set(NEW, { replicas: 3 })]],
  once: [...SWAP, ["StatefulSet", set(OLD)], ["StatefulSet", set(NEW)]],
  "no-twin": [
    ...BEGIN,
    ["Pod", pod("stray", RUNNING, { claim: "sei-0" })],
    ["NodeHalt", halt(SWAPPING)],
    ["NodeHalt", halt(SWAPPING)],
    ["StatefulSet", set(NEW)],
  ],
};

describe("an invariant", () => {
  for (const { name } of INVARIANTS)
    test(`${name} is broken by what it forbids`, () => {
      const steps = WRONG[name];
      expect(steps).toBeDefined();
      expect(brokenBy(chronicle(...(steps ?? []))).map((what) => what.split(":")[0])).toContain(name);
    });

  test("listed-image takes a rollback to an image that the pod ran, by digest, and no other", () => {
    const rollBack = (toImage: string) =>
      chronicle(
        ["StatefulSet", set(NEW)],
        ["Pod", pod("sei-0", RUNNING)],
        ["Pod", pod("sei-0", { terminated: { exitCode: 71 } }, { image: NEW })],
        ["NodeHalt", halt({ phase: "Swapping", action: "RollBack", toImage }, { reason: "binary_too_new" })],
        ["StatefulSet", set(toImage)],
      );
    expect(brokenBy(rollBack(`${OLD}@sha256:1`))).toEqual([]);
    expect(brokenBy(rollBack("node:v0"))).toEqual([expect.stringContaining("node:v0 never ran in sei-0")]);
  });

  test("whole-set takes a sibling that a partition keeps", () => {
    const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
    const steps = chronicle(
      ...BEGIN,
      ["Pod", pod("sei-1", ENDED)],
      ["NodeHalt", halt(SWAPPING, { podName: "sei-1" })],
      ["Pod", pod("sei-0", RUNNING)],
      ["StatefulSet", set(OLD, { updateStrategy: { type: "RollingUpdate" } })],
      ["StatefulSet", set(NEW, { updateStrategy })],
    );
    expect(brokenBy(steps)).toEqual([]);
  });
});

describe("pages", () => {
  const page = (key: string) => ({ key, body: { key } });

  test("may be sent again with the same key, and anew once the first is over", () => {
    expect(brokenPages([page("a/R"), page("a/R")], [])).toEqual([]);
    expect(brokenPages([page("a/R"), page("a/R/2")], [page("a/R")])).toEqual([]);
  });

  test("of one halt and reason do not stand beside each other, and none ends that never began", () => {
    expect(brokenPages([page("a/R"), page("a/R/2")], [])).toHaveLength(1);
    expect(brokenPages([], [page("a/R")])).toHaveLength(1);
  });
});
