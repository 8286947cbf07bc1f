import { expect, test } from "vitest";
import type { NodeHaltStatus } from "../api/node-halt.ts";
import { haltWith, NEW, policyWith } from "../testing/observations.ts";
import { projectPod } from "./projected-pod.ts";
import { createStores } from "./stores.ts";
import { failuresUnder, swappingUnder } from "./swaps-under.ts";

const halt = haltWith();
const { namespace: NAMESPACE = "" } = halt.metadata;
const LABELS = { app: "node" };
const upgrade = (image: string) => ({ planName: "v6.7", height: 30, image });

interface Scene {
  /** Labels of the pod, where it is there. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The policies, and the image that each lists. */
  readonly policies: Readonly<Record<string, string>>;
  readonly status?: NodeHaltStatus;
}

function scene({ labels, policies, status = { phase: "Failed", toImage: NEW } }: Scene) {
  const stores = createStores();
  const metadata = { name: halt.spec.podName, namespace: NAMESPACE, uid: "u" };
  if (labels) stores.pods.put(projectPod({ metadata: { ...metadata, labels }, spec: { containers: [] } }));
  for (const [name, image] of Object.entries(policies)) {
    const policy = policyWith({ selector: { matchLabels: LABELS }, upgrades: [upgrade(image)] });
    stores.policies.put({ ...policy, metadata: { ...policy.metadata, name, namespace: NAMESPACE } });
  }
  stores.halts.put(haltWith({ policyName: "old" }, status));
  return stores;
}
const counts = (given: Scene, names: readonly string[]) =>
  names.map((name) => failuresUnder(`${NAMESPACE}/${name}`, scene(given)).length);

test.each<[string, Scene, readonly number[]]>([
  ["that it happened under, its node being gone", { policies: { old: NEW, new: NEW } }, [1, 0]],
  ["that governs its node by now", { labels: LABELS, policies: { new: "other" } }, [1, 1]],
  [
    "that it happened under, where none governs its node any more",
    { labels: {}, policies: { old: NEW, new: NEW } },
    [1, 0],
  ],
  ["that lists its image, where its node is gone with its policy", { policies: { new: NEW } }, [1, 1]],
  ["that it happened under alone, where none lists its image", { policies: { new: "other" } }, [1, 0]],
])("a failure counts against the policy %s", (_, given, expected) => {
  expect(counts(given, ["old", "new"])).toEqual(expected);
});

test("a swap that has begun counts against the policy that governs its node by now, before its journal says so", () => {
  const status: NodeHaltStatus = { phase: "Recovering", toImage: NEW };
  const stores = scene({ labels: LABELS, policies: { new: NEW }, status });
  expect(swappingUnder(`${NAMESPACE}/new`, stores)).toHaveLength(1);
  expect(failuresUnder(`${NAMESPACE}/new`, stores)).toEqual([]);
});
