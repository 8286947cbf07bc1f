import { expect, test } from "vitest";
import type { NodeHaltSpec, NodeHaltStatus } from "../api/node-halt.ts";
import { haltWith, NEW, OLD, policyWith } from "../testing/observations.ts";
import { governanceOf, haltsUnder, type KnownNode } from "./governance.ts";
import type { Pod } from "./pod.ts";
import { createStores } from "./stores.ts";

const LABELS = { app: "node" };
const DEPLOYMENT: Partial<NodeHaltSpec> = {
  podName: "val-abc-1",
  workload: { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", name: "val", uid: "d" },
};
const RECOVERING: NodeHaltStatus = { phase: "Recovering", toImage: NEW };

interface PolicyDraft {
  readonly labels?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly container?: string;
  readonly madeAt?: string;
  readonly defect?: string;
}

interface Scene {
  readonly spec?: Partial<NodeHaltSpec>;
  readonly status?: NodeHaltStatus;
  readonly policies: Readonly<Record<string, PolicyDraft>>;
  readonly pods?: readonly Pod[];
  readonly node?: KnownNode;
}

/** A pod of the Deployment `val`, unless its ReplicaSet is another's. */
function podWith(name: string, { labels: own = LABELS, ofSet = "val-abc", ...metadata } = {}): Pod {
  const labels = { ...own, "pod-template-hash": ofSet.slice(ofSet.lastIndexOf("-") + 1) };
  const ownerReferences = [
    { apiVersion: "apps/v1", kind: "ReplicaSet", name: ofSet, uid: "s", controller: true },
  ];
  return {
    metadata: { name, namespace: "sei", uid: `uid of ${name}`, labels, ownerReferences, ...metadata },
    spec: { containers: [{ name: "seid", image: OLD }] },
  };
}

function play({ spec = DEPLOYMENT, status = RECOVERING, policies, pods = [], node }: Scene) {
  const stores = createStores();
  for (const [name, { labels = LABELS, image = NEW, container = "seid", ...more }] of Object.entries(
    policies,
  )) {
    const { madeAt: creationTimestamp, defect } = more;
    const upgrades = [{ planName: "v6.7", height: 30, image }];
    const policy = policyWith({ selector: { matchLabels: labels }, container, upgrades });
    const metadata = { ...policy.metadata, name, ...(creationTimestamp && { creationTimestamp }) };
    stores.policies.put({ ...policy, metadata, ...(defect && { defect }) });
  }
  for (const pod of pods) stores.pods.put(pod);
  const halt = haltWith({ policyName: "old", ...spec }, status);
  stores.halts.put(halt);
  return { stores, halt, governance: governanceOf(halt, stores, node) };
}

const OTHER = { app: "other" };
const NEXT = podWith("val-abc-2");

test.each<[string, Scene, string | undefined, boolean]>([
  [
    "the policy's new name, by the pod that its Deployment named anew",
    { policies: { new: {} }, pods: [NEXT] },
    "new",
    true,
  ],
  [
    "the policy that selects that pod, though the last one is still there",
    { policies: { old: { labels: OTHER }, new: {} }, pods: [NEXT] },
    "new",
    true,
  ],
  [
    "the last one, which only answers for it, where none selects that pod",
    { policies: { old: { labels: OTHER } }, pods: [NEXT] },
    "old",
    false,
  ],
  [
    "nobody, where none selects that pod and the last one is gone",
    { policies: { new: { labels: OTHER } }, pods: [NEXT] },
    undefined,
    false,
  ],
  [
    "who selects the newest pod of a Deployment",
    {
      policies: { new: {}, other: { labels: OTHER } },
      pods: [
        podWith("val-abc-2", { labels: OTHER, creationTimestamp: "2026-01-01T00:00:00Z" } as object),
        podWith("val-def-1", { ofSet: "val-def", creationTimestamp: "2026-01-02T00:00:00Z" } as object),
      ],
    },
    "new",
    true,
  ],
  [
    "the last one while it selects a pod of the Deployment, whatever a newer one says that it is of",
    {
      policies: { old: {}, other: { labels: OTHER } },
      pods: [
        podWith("val-abc-2", { creationTimestamp: "2026-01-01T00:00:00Z" } as object),
        podWith("val-x-1", {
          ofSet: "val-x",
          labels: OTHER,
          creationTimestamp: "2026-01-02T00:00:00Z",
        } as object),
      ],
    },
    "old",
    true,
  ],
  [
    "nobody by a pod of another Deployment",
    { policies: { new: { image: "other" } }, pods: [podWith("val-b-abc-1", { ofSet: "val-b-abc" })] },
    undefined,
    true,
  ],
  [
    "who would select the pod that the template makes",
    { policies: { new: { image: "other" } }, node: { labels: LABELS } },
    "new",
    true,
  ],
  [
    "the template's, and not who selects a pod that has a like name",
    {
      policies: { new: {}, other: { labels: OTHER } },
      pods: [podWith("val-abc-2", { labels: OTHER })],
      node: { labels: LABELS },
    },
    "new",
    true,
  ],
  [
    "the last one while there is no pod, whoever would select the template's",
    { policies: { old: { labels: OTHER }, new: {} }, node: { labels: LABELS } },
    "old",
    true,
  ],
  ["the last one, where the node is gone", { policies: { old: {}, new: {} } }, "old", true],
  [
    "who lists its image, which only answers for it, where node and policy are gone",
    { policies: { new: {} } },
    "new",
    false,
  ],
  [
    "the oldest of those",
    { policies: { a: { madeAt: "2026-01-02T00:00:00Z" }, b: { madeAt: "2026-01-01T00:00:00Z" } } },
    "b",
    false,
  ],
  [
    "nobody who lists it for another container",
    { policies: { new: { container: "heimdalld" } } },
    undefined,
    true,
  ],
  [
    "nobody in place of a policy that can't be read",
    { policies: { old: { defect: "bad" }, new: {} } },
    undefined,
    true,
  ],
  ["nobody where no image was set", { policies: { new: {} }, status: { phase: "Held" } }, undefined, true],
])("a halt is governed by %s", (_, scene, policy, selected) => {
  const { governance } = play(scene);
  expect([governance.policy?.metadata.name, governance.selected]).toEqual([policy, selected]);
});

test.each<[string, Scene, readonly number[]]>([
  ["that governs its node under another name", { policies: { new: {} }, pods: [NEXT] }, [0, 1]],
  ["that governs its node by now", { policies: { old: { labels: OTHER }, new: {} }, pods: [NEXT] }, [0, 1]],
  [
    "that governed it last, where none does now",
    { policies: { old: { labels: OTHER }, new: { labels: OTHER } }, pods: [NEXT] },
    [1, 0],
  ],
  ["that governed it last, where its node is gone", { policies: { old: {}, new: {} } }, [1, 0]],
  ["that governed it last, though that can't be read", { policies: { old: { defect: "bad" } } }, [1, 0]],
  ["not of one that only lists its image", { policies: { new: {} } }, [0, 0]],
])("a halt is of the policy %s", (_, scene, expected) => {
  const { stores } = play(scene);
  const counts = ["old", "new"].map((name) => {
    const policy = stores.policies.get(`sei/${name}`);
    return policy === undefined ? 0 : haltsUnder(policy, stores).length;
  });
  expect(counts).toEqual(expected);
});
