import { until } from "@upgrade-halt/testing";
import { beforeEach, expect, test } from "vitest";
import { API_VERSION } from "../api/group.ts";
import { type HaltPolicy, HaltPolicySpecSchema } from "../api/halt-policy.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { liveStatus } from "../model/live-status.ts";
import type { Pod } from "../model/pod.ts";
import { FakeCluster, image, LABELS, NAMESPACE } from "../testing/fake-cluster.ts";
import { GuardedApi } from "../testing/guarded-api.ts";
import { Workloads } from "../workloads/workloads.ts";
import { ProvenWorkloads } from "./proven-workloads.ts";

const KEY = `${NAMESPACE}/sei-0-0`;
let cluster: FakeCluster;
let api: GuardedApi;
let proven: ProvenWorkloads;
let pod: Pod;

beforeEach(async () => {
  cluster = new FakeCluster();
  await cluster.addNode("sei-0");
  pod = await until("its pod", () => cluster.pods()[0]);
  api = new GuardedApi(cluster.api);
  proven = new ProvenWorkloads(new Workloads(api));
});

function policyFor(spec: object = {}): HaltPolicy {
  const upgrades = [{ planName: "v6.7", height: 30, image: image("v6.7") }];
  const full = { selector: { matchLabels: LABELS }, container: "seid", allowTags: true, upgrades, ...spec };
  return {
    apiVersion: API_VERSION,
    kind: "HaltPolicy",
    metadata: { name: "sei" },
    spec: HaltPolicySpecSchema.parse(full),
  };
}

function nodeAt(height: number, of: Pod = pod, policy = policyFor()): JudgedNode {
  const node = { height, haltIntent: { kind: "absent" } } as const;
  const live = liveStatus(undefined, { kind: "answered", at: 0, envelope: "bare", node }, 0);
  return { pod: of, policy, live, verdict: { kind: "running", why: "", contradictions: [] } };
}

const provenOf = (of: Pod = pod, policy = policyFor()) => proven.of(KEY, of, policy.spec);

test("the StatefulSet of a node within reach of a listed height is proven once, while it runs", async () => {
  proven.prepare(KEY, nodeAt(29));
  proven.prepare(KEY, nodeAt(29));
  expect(await until("the proof", () => provenOf())).toMatchObject({ kind: "StatefulSet", name: "sei-0" });
  expect(api.calls).toHaveLength(1);
});

test("a node out of reach of each listed height is not asked for", () => {
  proven.prepare(KEY, nodeAt(4));
  proven.prepare(KEY, nodeAt(31));
  expect(api.calls).toEqual([]);
});

test.each<[string, (pod: Pod) => Pod]>([
  ["another pod of its name", (it) => ({ ...it, metadata: { ...it.metadata, uid: "another" } })],
  ["other labels", (it) => ({ ...it, metadata: { ...it.metadata, labels: {} } })],
  ["another owner", (it) => ({ ...it, metadata: { ...it.metadata, ownerReferences: [] } })],
])("nothing is proven of a pod that has %s by now", async (_, changed) => {
  proven.prepare(KEY, nodeAt(29));
  await until("the proof", () => provenOf());
  expect(provenOf(changed(pod))).toBeUndefined();
});

test("a pod that its StatefulSet does not select has no proof", async () => {
  const stray = { ...pod, metadata: { ...pod.metadata, labels: {} } };
  proven.prepare(KEY, nodeAt(29, stray));
  await until("its owner to be read", () => api.calls.length === 1);
  await new Promise(setImmediate);
  expect(provenOf(stray)).toBeUndefined();
});

test("what could not be read is asked for again", async () => {
  let failures = 1;
  api = new GuardedApi(cluster.api, () => {
    failures -= 1;
    if (failures >= 0) throw new Error("no answer");
  });
  proven = new ProvenWorkloads(new Workloads(api));
  proven.prepare(KEY, nodeAt(29));
  await until("the proof", () => {
    proven.prepare(KEY, nodeAt(29));
    return provenOf();
  });
  expect(failures).toBe(-1);
});

test("a kind whose owners are read up a chain is not proven ahead", () => {
  const policy = policyFor({ target: { kind: "Deployment" } });
  proven.prepare(KEY, nodeAt(29, pod, policy));
  expect(api.calls).toEqual([]);
});
