import type { OwnerReference } from "@upgrade-halt/kube";
import { describe, expect, test } from "vitest";
import { collectionPath, DEPLOYMENTS, REPLICA_SETS, resourceOf, STATEFUL_SETS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import { type Added, addWorkload, LABELS, NAMESPACE, SEI_NODE, TEMPLATE } from "../testing/added-workload.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { policyWith } from "../testing/observations.ts";
import { Workloads } from "./workloads.ts";

const SEI_NODES = resourceOf(SEI_NODE.apiVersion, SEI_NODE.resource);

type Kind = "StatefulSet" | "Deployment" | "CustomResource";

/** A small cluster, and the questions that are asked of it. */
class Cluster {
  readonly api = new FakeApi();
  readonly #workloads = new Workloads(this.api);

  add(
    resource: Parameters<typeof addWorkload>[1],
    kind: string,
    name: string,
    more: Added = {},
  ): Promise<OwnerReference> {
    return addWorkload(this.api, resource, kind, name, more);
  }

  addSet(name: string, more: Added = {}): Promise<OwnerReference> {
    return this.add(STATEFUL_SETS, "StatefulSet", name, more);
  }

  async find(kind: Kind, pod: Pod, custom: object = {}) {
    const target =
      kind === "CustomResource" ? { kind, customResource: { ...SEI_NODE, ...custom } } : { kind };
    const { spec } = policyWith({ target });
    const lineage = await this.#workloads.ofPolicy(spec).find(pod, spec.target.customResource);
    return lineage.kind === "found"
      ? `${lineage.ref.kind} ${lineage.ref.name} ${lineage.ref.uid}`
      : lineage.why;
  }

  /** Under a policy that names this kind, unless another one is given. */
  read(ref: OwnerReference, resource: string, pod: Pod | undefined, policy?: object) {
    const { apiVersion, kind, name, uid } = ref;
    const named =
      apiVersion === "apps/v1"
        ? { kind }
        : { kind: "CustomResource", customResource: { apiVersion, kind, resource } };
    return this.#workloads.read({
      namespace: NAMESPACE,
      container: "seid",
      policy: policyWith(policy ?? { target: named }),
      pod,
      ref: { apiVersion, kind, resource, name, uid },
    });
  }
}

function podOf(
  name: string,
  owners: readonly OwnerReference[],
  labels: Record<string, string> = LABELS,
): Pod {
  const metadata = { name, namespace: NAMESPACE, uid: "pod-1", labels, ownerReferences: owners };
  return { metadata, spec: TEMPLATE.spec };
}

/** As many as the API takes: their names alone would fill any memory. */
const COUNTLESS = { spec: { replicas: 2_147_483_647, ordinals: { start: 2_147_483_647 } } };
const TOO_MANY = "sets of more than 1000 are not acted on";

describe("whose a pod of a StatefulSet is", () => {
  test("nobody's, where the set has more replicas than are counted", async () => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei-0", COUNTLESS);
    const pod = podOf("sei-0-2147483647", [set]);
    expect(await cluster.find("StatefulSet", pod)).toContain(TOO_MANY);
    expect(await cluster.read(set, "statefulsets", pod)).toMatchObject({ kind: "disowned" });
    expect(await cluster.read(set, "statefulsets", undefined)).toMatchObject({ kind: "found" });
  });

  test("nobody's, where a custom resource controls such a set beside the pod's own", async () => {
    const cluster = new Cluster();
    const node = await cluster.add(SEI_NODES, "SeiNode", "sei-0", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("sei-0", { ownerReferences: [node] });
    await cluster.addSet("sei-1", { ...COUNTLESS, ownerReferences: [node] });
    const pod = podOf("sei-0-0", [set]);
    expect(
      await cluster.read(node, "seinodes", pod, {
        target: { kind: "CustomResource", customResource: SEI_NODE },
      }),
    ).toMatchObject({ kind: "disowned", why: expect.stringContaining(TOO_MANY) });
  });

  test("the StatefulSet that controls it by UID", async () => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei-0");
    expect(await cluster.find("StatefulSet", podOf("sei-0-0", [set]))).toBe(`StatefulSet sei-0 ${set.uid}`);
  });

  test.each<[string, (set: OwnerReference) => Pod, string]>([
    [
      "an owner that does not control it",
      (set) => podOf("sei-0-0", [{ ...set, controller: false }]),
      "controller: true",
    ],
    [
      "a reference without the flag",
      ({ controller: _, ...set }) => podOf("sei-0-0", [set]),
      "controller: true",
    ],
    ["no owner at all", () => podOf("sei-0-0", []), "controller: true"],
    [
      "two controllers",
      (set) => podOf("sei-0-0", [set, { ...set, name: "other", uid: "u" }]),
      "controller: true",
    ],
    ["another UID under the name", (set) => podOf("sei-0-0", [{ ...set, uid: "before" }]), "has UID"],
    [
      "a StatefulSet of another group",
      (set) => podOf("sei-0-0", [{ ...set, apiVersion: "kruise.io/v1" }]),
      "not by a StatefulSet",
    ],
    ["a set that is gone", (set) => podOf("x-0", [{ ...set, name: "x" }]), "is gone"],
    [
      "labels that the selector does not take",
      (set) => podOf("sei-0-0", [set], { app: "other" }),
      "selector",
    ],
    ["a name that is none of its ordinals", (set) => podOf("mallory", [set]), "has no ordinal"],
    ["an ordinal past replicas", (set) => podOf("sei-0-1", [set]), "has no ordinal"],
    ["an ordinal written otherwise", (set) => podOf("sei-0-00", [set]), "has no ordinal"],
  ])("not the one of %s", async (_, pod, why) => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei-0");
    expect(await cluster.find("StatefulSet", pod(set))).toContain(why);
  });

  test("ordinals begin where the set says", async () => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei", { spec: { replicas: 2, ordinals: { start: 5 } } });
    expect(await cluster.find("StatefulSet", podOf("sei-6", [set]))).toContain(set.uid);
    expect(await cluster.find("StatefulSet", podOf("sei-0", [set]))).toContain("sei-5, sei-6");
  });

  test("not that of a set that is being deleted", async () => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei-0", { deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(await cluster.find("StatefulSet", podOf("sei-0-0", [set]))).toContain("is being deleted");
  });

  test("a set that was made anew since is not changed, with the pod or without", async () => {
    const cluster = new Cluster();
    const before = await cluster.addSet("sei-0");
    cluster.api.drop(`${collectionPath(STATEFUL_SETS, NAMESPACE)}/sei-0`);
    const after = await cluster.addSet("sei-0");
    for (const pod of [undefined, podOf("sei-0-0", [before]), podOf("sei-0-0", [after])])
      expect(await cluster.read(before, "statefulsets", pod)).toMatchObject({ kind: "disowned" });
    expect(await cluster.read(after, "statefulsets", podOf("sei-0-0", [after]))).toMatchObject({
      kind: "found",
    });
  });

  test("a selector that was changed since disowns the pod", async () => {
    const cluster = new Cluster();
    const set = await cluster.addSet("sei-0");
    const pod = podOf("sei-0-0", [set]);
    expect(await cluster.read(set, "statefulsets", pod)).toMatchObject({ kind: "found" });
    const path = `${collectionPath(STATEFUL_SETS, NAMESPACE)}/sei-0`;
    await cluster.api.mergePatch(path, { spec: { selector: { matchLabels: { app: "other" } } } });
    expect(await cluster.read(set, "statefulsets", pod)).toMatchObject({ kind: "disowned" });
  });
});

describe("whose a pod of a Deployment is", () => {
  async function deployment() {
    const cluster = new Cluster();
    const owner = await cluster.add(DEPLOYMENTS, "Deployment", "sei", {
      spec: { strategy: { type: "Recreate" } },
    });
    const set = await cluster.add(REPLICA_SETS, "ReplicaSet", "sei-abc", { ownerReferences: [owner] });
    return { cluster, owner, set };
  }

  test("the Deployment whose ReplicaSet controls it", async () => {
    const { cluster, owner, set } = await deployment();
    expect(await cluster.find("Deployment", podOf("sei-abc-1", [set]))).toBe(`Deployment sei ${owner.uid}`);
  });

  test("not one that its ReplicaSet only names", async () => {
    const { cluster, owner } = await deployment();
    const claimed = { ownerReferences: [{ ...owner, controller: false }] };
    const set = await cluster.add(REPLICA_SETS, "ReplicaSet", "sei-def", claimed);
    expect(await cluster.find("Deployment", podOf("sei-def-1", [set]))).toContain("controller: true");
  });

  test("not one that was made anew after its ReplicaSet", async () => {
    const { cluster, owner, set } = await deployment();
    cluster.api.drop(`${collectionPath(DEPLOYMENTS, NAMESPACE)}/sei`);
    const after = await cluster.add(DEPLOYMENTS, "Deployment", "sei");
    expect(await cluster.find("Deployment", podOf("sei-abc-1", [set]))).toContain("has UID");
    for (const ref of [owner, after])
      expect(await cluster.read(ref, "deployments", podOf("sei-abc-1", [set]))).toMatchObject({
        kind: "disowned",
      });
  });

  test("not one whose name is the beginning of its ReplicaSet's", async () => {
    const { cluster } = await deployment();
    const stray = await cluster.add(REPLICA_SETS, "ReplicaSet", "sei-xyz");
    expect(await cluster.find("Deployment", podOf("sei-xyz-1", [stray]))).toContain("controller: true");
  });
});

describe("whose a pod of a custom resource is", () => {
  async function seiNode() {
    const cluster = new Cluster();
    const owner = await cluster.add(SEI_NODES, "SeiNode", "sei-0", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("sei-0", { ownerReferences: [owner] });
    return { cluster, owner, set };
  }

  test("the one that controls the pod's StatefulSet", async () => {
    const { cluster, owner, set } = await seiNode();
    expect(await cluster.find("CustomResource", podOf("sei-0-0", [set]))).toBe(`SeiNode sei-0 ${owner.uid}`);
  });

  test("never the one that a label alone names", async () => {
    const { cluster, set } = await seiNode();
    await cluster.add(SEI_NODES, "SeiNode", "victim", { spec: { image: "seid:v6.6" } });
    const bare = podOf("mallory", [], { ...LABELS, "sei.io/node": "victim" });
    const other = podOf("sei-0-0", [set], { ...LABELS, "sei.io/node": "victim" });
    const by = { nameLabel: "sei.io/node" };
    expect(await cluster.find("CustomResource", bare, by)).toContain("controller: true");
    expect(await cluster.find("CustomResource", other, by)).toContain("says victim");
  });

  test("not one that was made anew, nor one of another kind or group", async () => {
    const { cluster, owner } = await seiNode();
    const cases: readonly [OwnerReference, string][] = [
      [{ ...owner, uid: "before" }, "has UID"],
      [{ ...owner, kind: "SeiNetwork" }, "not by a SeiNode"],
      [{ ...owner, apiVersion: "evil.io/v1alpha1" }, "not by a SeiNode"],
    ];
    for (const [index, [claimed, why]] of cases.entries()) {
      const set = await cluster.addSet(`x${index}`, { ownerReferences: [claimed] });
      expect(await cluster.find("CustomResource", podOf(`x${index}-0`, [set]))).toContain(why);
    }
  });

  test("the ReplicaSets of a Deployment that it controls are made from its image, too", async () => {
    const { cluster, owner, set } = await seiNode();
    const deployment = await cluster.add(DEPLOYMENTS, "Deployment", "sentry", { ownerReferences: [owner] });
    const below = await cluster.add(REPLICA_SETS, "ReplicaSet", "sentry-1", {
      ownerReferences: [deployment],
    });
    await cluster.add(REPLICA_SETS, "ReplicaSet", "other-1");
    const stale = { ...deployment, uid: "before" };
    await cluster.add(REPLICA_SETS, "ReplicaSet", "stale-1", { ownerReferences: [stale] });
    const sight = await cluster.read(owner, "seinodes", podOf("sei-0-0", [set]));
    if (sight.kind !== "found") throw new Error(sight.kind);
    expect(sight.groups.map(({ uid }) => uid)).toEqual([set.uid, below.uid]);
  });

  test("a Deployment that it controls is to have its pods, whether they are there or not", async () => {
    const { cluster, owner, set } = await seiNode();
    const wantedOf = async (name: string, replicas: number, made: readonly number[]) => {
      const deployment = await cluster.add(DEPLOYMENTS, "Deployment", name, {
        ownerReferences: [owner],
        spec: { replicas },
      });
      for (const [index, own] of made.entries())
        await cluster.add(REPLICA_SETS, "ReplicaSet", `${name}-${index}`, {
          ownerReferences: [deployment],
          spec: { replicas: own },
        });
      const sight = await cluster.read(owner, "seinodes", podOf("sei-0-0", [set]));
      if (sight.kind !== "found") throw new Error(sight.kind);
      return sight.groups.filter(({ what }) => what.includes(`${name}-`)).map(({ wanted }) => wanted);
    };
    expect(await wantedOf("there", 2, [0, 2])).toEqual([0, 2]);
    expect(await wantedOf("scaled-a-moment-ago", 3, [0, 2])).toEqual([1, 2]);
    expect(await wantedOf("parked", 0, [0, 0])).toEqual([1, 0]);
  });

  test("a StatefulSet of it is made from its image where that has the node's container, or the image's repository", async () => {
    const { cluster, owner, set } = await seiNode();
    const running = (...containers: readonly object[]) => ({
      ownerReferences: [owner],
      spec: { template: { spec: { containers } } },
    });
    await cluster.addSet("signer", running({ name: "signer", image: "horcrux:v3" }));
    const archive = await cluster.addSet("archive", running({ name: "archive", image: "seid:v6.5" }));
    const sight = await cluster.read(owner, "seinodes", podOf("sei-0-0", [set]));
    if (sight.kind !== "found") throw new Error(sight.kind);
    expect(sight.groups.map(({ uid }) => uid)).toEqual([set.uid, archive.uid]);
  });

  test("a StatefulSet of it that is scaled to nothing is a node that is missing", async () => {
    const { cluster, owner, set } = await seiNode();
    await cluster.addSet("parked", {
      ownerReferences: [owner],
      spec: { replicas: 0, ordinals: { start: 3 } },
    });
    const sight = await cluster.read(owner, "seinodes", podOf("sei-0-0", [set]));
    if (sight.kind !== "found") throw new Error(sight.kind);
    expect(sight.groups.map(({ podNames }) => podNames)).toEqual([["sei-0-0"], ["parked-3"]]);
  });

  test("its image counts as carried on when every StatefulSet that it controls has it", async () => {
    const { cluster, owner, set } = await seiNode();
    const pod = podOf("sei-0-0", [set]);
    expect(await cluster.read(owner, "seinodes", pod)).toMatchObject({ kind: "found", settled: true });
    await cluster.api.mergePatch(`${collectionPath(SEI_NODES, NAMESPACE)}/sei-0`, {
      spec: { image: "seid:v6.7" },
    });
    expect(await cluster.read(owner, "seinodes", pod)).toMatchObject({ kind: "found", settled: false });
  });
});

describe("where a policy names the owner of custom resources", () => {
  const SEI_NETWORKS = resourceOf("sei.io/v1alpha1", "seinetworks");
  const OWNER = { apiVersion: "sei.io/v1alpha1", kind: "SeiNetwork", resource: "seinetworks" };
  const NAMED = { target: { kind: "CustomResource", customResource: { ...SEI_NODE, owner: OWNER } } };

  /** A SeiNetwork with two SeiNodes and their StatefulSets. */
  async function seiNetwork() {
    const cluster = new Cluster();
    const spec = { image: "seid:v6.6" };
    const network = await cluster.add(SEI_NETWORKS, "SeiNetwork", "net", { spec });
    const node = (name: string) =>
      cluster.add(SEI_NODES, "SeiNode", name, { spec, ownerReferences: [network] });
    const nodes = [await node("sei-0"), await node("sei-1")] as const;
    const set = (index: 0 | 1) => cluster.addSet(`sei-${index}`, { ownerReferences: [nodes[index]] });
    const sets = [await set(0), await set(1)] as const;
    return { cluster, network, nodes, sets };
  }

  test("a pod's image is set in the owner that controls its custom resource", async () => {
    const { cluster, network, sets } = await seiNetwork();
    const pod = podOf("sei-0-0", [sets[0]]);
    expect(await cluster.find("CustomResource", pod, { owner: OWNER })).toBe(`SeiNetwork net ${network.uid}`);
  });

  test("a custom resource that has no such owner is changed itself, as far as nobody else manages it", async () => {
    const cluster = new Cluster();
    const node = await cluster.add(SEI_NODES, "SeiNode", "alone", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("alone", { ownerReferences: [node] });
    const pod = podOf("alone-0", [set]);
    expect(await cluster.find("CustomResource", pod, { owner: OWNER })).toBe(`SeiNode alone ${node.uid}`);
    expect(await cluster.read(node, "seinodes", pod, NAMED)).toMatchObject({
      kind: "found",
      what: "SeiNode sei/alone",
    });
  });

  test("an owner that was made anew under its name owns nothing of before", async () => {
    const { cluster, network, sets } = await seiNetwork();
    cluster.api.drop(`${collectionPath(SEI_NETWORKS, NAMESPACE)}/net`);
    const after = await cluster.add(SEI_NETWORKS, "SeiNetwork", "net", { spec: { image: "seid:v6.6" } });
    const pod = podOf("sei-0-0", [sets[0]]);
    expect(await cluster.find("CustomResource", pod, { owner: OWNER })).toContain("has UID");
    for (const ref of [network, after])
      expect(await cluster.read(ref, "seinetworks", pod, NAMED)).toMatchObject({ kind: "disowned" });
  });

  test("the pods of every custom resource below it are made from its image, those that are not there yet too", async () => {
    const { cluster, network, sets } = await seiNetwork();
    await cluster.add(SEI_NODES, "SeiNode", "sei-2", { ownerReferences: [network] });
    await cluster.add(SEI_NODES, "SeiNode", "stranger", { ownerReferences: [] });
    const sight = await cluster.read(network, "seinetworks", podOf("sei-0-0", [sets[0]]), NAMED);
    expect(sight).toMatchObject({
      kind: "found",
      what: "SeiNetwork sei/net",
      pointer: "/spec/image",
      image: "seid:v6.6",
      isOwner: true,
      manager: undefined,
      groups: [{ podNames: ["sei-0-0"] }, { podNames: ["sei-1-0"] }, { podNames: ["sei-2-0"] }],
    });
  });

  test("its image counts as carried on when each below it, and what runs that one, has it", async () => {
    const { cluster, network, sets } = await seiNetwork();
    const settled = async () => {
      const sight = await cluster.read(network, "seinetworks", podOf("sei-0-0", [sets[0]]), NAMED);
      return sight.kind === "found" && sight.settled;
    };
    const set = (resource: typeof SEI_NODES, name: string, spec: object) =>
      cluster.api.mergePatch(`${collectionPath(resource, NAMESPACE)}/${name}`, { spec });
    expect(await settled()).toBe(true);
    await set(SEI_NETWORKS, "net", { image: "seid:v6.7" });
    expect(await settled()).toBe(false);
    const template = { spec: { containers: [{ name: "seid", image: "seid:v6.7" }] } };
    for (const name of ["sei-0", "sei-1"]) await set(SEI_NODES, name, { image: "seid:v6.7" });
    await set(STATEFUL_SETS, "sei-0", { template });
    expect(await settled()).toBe(false);
    await set(STATEFUL_SETS, "sei-1", { template });
    expect(await settled()).toBe(true);
  });

  test("a pod that runs under another owner is none of its own", async () => {
    const { cluster, network } = await seiNetwork();
    const other = await cluster.add(SEI_NODES, "SeiNode", "other", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("other", { ownerReferences: [other] });
    expect(await cluster.read(network, "seinetworks", podOf("other-0", [set]), NAMED)).toMatchObject({
      kind: "disowned",
      why: "Pod other-0 is run by no SeiNode that SeiNetwork sei/net controls.",
    });
  });

  test("an owner that the policy names no more is not changed, with the pod or without", async () => {
    const { cluster, network, sets } = await seiNetwork();
    const unnamed = { target: { kind: "CustomResource", customResource: SEI_NODE } };
    for (const pod of [undefined, podOf("sei-0-0", [sets[0]])])
      expect(await cluster.read(network, "seinetworks", pod, unnamed)).toMatchObject({
        kind: "disowned",
        why: "HaltPolicy sei no longer says that the image is set in a SeiNetwork.",
      });
  });
});

describe("an object of a kind that the policy which governs now does not name", () => {
  const CUSTOM = { kind: "CustomResource", customResource: SEI_NODE };
  const other = (changes: object) => ({ ...CUSTOM, customResource: { ...SEI_NODE, ...changes } });

  test.each([
    ["a SeiNode, and StatefulSets are named", "seinodes", { kind: "StatefulSet" }],
    ["a SeiNode, and Deployments are named", "seinodes", { kind: "Deployment" }],
    [
      "a SeiNode, and those of another group are named",
      "seinodes",
      other({ apiVersion: "other.example/v1" }),
    ],
    ["a SeiNode, and those of another plural are named", "seinodes", other({ resource: "seinodesets" })],
    ["a StatefulSet, and SeiNodes are named", "statefulsets", CUSTOM],
    ["a StatefulSet, and Deployments are named", "statefulsets", { kind: "Deployment" }],
  ])("is not changed: %s", async (_, resource, target) => {
    const cluster = new Cluster();
    const node = await cluster.add(SEI_NODES, "SeiNode", "sei-0", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("sei-0", { ownerReferences: [node] });
    const ref = resource === "seinodes" ? node : set;
    expect(await cluster.read(ref, resource, podOf("sei-0-0", [set]), { target })).toMatchObject({
      kind: "disowned",
      why: `HaltPolicy sei no longer says that the image is set in a ${ref.kind}.`,
    });
  });

  test("is changed where a policy names another version of its group", async () => {
    const cluster = new Cluster();
    const node = await cluster.add(SEI_NODES, "SeiNode", "sei-0", { spec: { image: "seid:v6.6" } });
    const set = await cluster.addSet("sei-0", { ownerReferences: [node] });
    const target = other({ apiVersion: "sei.io/v1" });
    expect(await cluster.read(node, "seinodes", podOf("sei-0-0", [set]), { target })).toMatchObject({
      kind: "found",
      image: "seid:v6.6",
    });
  });
});
