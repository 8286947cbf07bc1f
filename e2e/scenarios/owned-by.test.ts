import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createSet, haltOfPod, pod } from "../harness/fixtures/node-sets.ts";
import {
  createSeiNetwork,
  createSeiNode,
  deploySeiNetwork,
  SEI_NETWORK_TARGET,
  SEI_NODE_TARGET,
  seiNetworkOf,
  seiNodeOf,
  startSei,
} from "../harness/fixtures/sei-nodes.ts";
import { letHalt } from "../harness/halting-node.ts";
import { deliveriesOf, imageInSet, setOf } from "../harness/observe.ts";
import { createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const [OLD, NEW] = [imageOf("v6.6"), imageOf("v6.7")];

async function open(testbed: Testbed, options: object = {}): Promise<void> {
  await setPlans(testbed, planAt("v6.7", 20));
  await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 20, image: NEW }], ...options });
  await startController(testbed);
}

scenario(
  "a SeiNode under a SeiNetwork is left to that, and replaced once that has the image",
  ["OWNED-BY"],
  async (testbed) => {
    await startSei(testbed, { holdAt: [20], writeBackMs: 500 });
    await open(testbed, { target: { ...SEI_NODE_TARGET, ownerIntervalSeconds: 1 } });
    const network = await createSeiNetwork(testbed, "net", "v6.6");
    await createSeiNode(testbed, "sei-0", "v6.6", [network]);
    const before = await pod(testbed, "sei-0-0");
    await letHalt(testbed, "sei-0", 20);

    const { status } = await haltOfPod(testbed, "sei-0-0", "Held", "OwnedBy");

    expect(status?.message).toContain(`SeiNetwork ${testbed.namespace}/net`);
    expect(status?.message).toContain("spec.image");
    expect((await seiNodeOf(testbed, "sei-0")).metadata.generation, "not patched").toBe(1);
    expect(await pod(testbed, "sei-0-0")).toEqual(before);
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
    await deploySeiNetwork(testbed, "net", NEW);
    await haltOfPod(testbed, "sei-0-0", "Recovered");
    expect((await pod(testbed, "sei-0-0")).image).toBe(NEW);
    expect((await seiNodeOf(testbed, "sei-0")).metadata.generation, "changed by its owner alone").toBe(2);
    expect([...testbed.pager.countByKey().values()], "paged once").toEqual([1]);
  },
);

scenario(
  "a SeiNetwork that the policy names gets the image once every node under it has halted",
  ["OWNER-SET"],
  async (testbed) => {
    await startSei(testbed, { holdAt: [20], writeBackMs: 500 });
    await open(testbed, { target: SEI_NETWORK_TARGET, maxConcurrent: 2 });
    const network = await createSeiNetwork(testbed, "net", "v6.6");
    for (const name of ["sei-0", "sei-1"]) await createSeiNode(testbed, name, "v6.6", [network]);
    await letHalt(testbed, "sei-0", 20);

    const { spec } = await haltOfPod(testbed, "sei-0-0", "Recorded", "SiblingsNotHalted");
    expect(spec.workload).toMatchObject({ kind: "SeiNetwork", name: "net", uid: network.uid });
    expect(await seiNetworkOf(testbed, "net")).toEqual({ image: OLD, generation: 1 });
    const running = await pod(testbed, "sei-1-0");

    await letHalt(testbed, "sei-1", 20);
    for (const name of ["sei-0-0", "sei-1-0"]) {
      await haltOfPod(testbed, name, "Recovered");
      expect((await pod(testbed, name)).image).toBe(NEW);
    }
    expect((await pod(testbed, "sei-1-0")).uid).not.toBe(running.uid);
    expect(await seiNetworkOf(testbed, "net"), "set once").toEqual({ image: NEW, generation: 2 });
    for (const name of ["sei-0", "sei-1"])
      expect((await seiNodeOf(testbed, name)).metadata.generation, "changed by its owner alone").toBe(2);
  },
);

scenario(
  "a SeiNetwork that the policy names, and a GitOps tool applies, is left to that tool",
  ["OWNER-SET", "OWNED-BY"],
  async (testbed) => {
    await startSei(testbed, { holdAt: [20], writeBackMs: 500 });
    await open(testbed, { target: SEI_NETWORK_TARGET });
    const mark = { "kustomize.toolkit.fluxcd.io/name": "sei" };
    const network = await createSeiNetwork(testbed, "net", "v6.6", mark);
    await createSeiNode(testbed, "sei-0", "v6.6", [network]);
    await letHalt(testbed, "sei-0", 20);

    const { status } = await haltOfPod(testbed, "sei-0-0", "Held", "OwnedBy");
    expect(status?.message).toContain(
      `SeiNetwork ${testbed.namespace}/net is managed by Flux Kustomization sei`,
    );
    expect(await seiNetworkOf(testbed, "net")).toEqual({ image: OLD, generation: 1 });
  },
);

const MARKS = [
  ["annotations", "argocd.argoproj.io/tracking-id", "sei:apps/StatefulSet:sei/sei-0", "Argo CD"],
  ["labels", "argocd.argoproj.io/instance", "sei", "Argo CD"],
  ["labels", "kustomize.toolkit.fluxcd.io/name", "sei", "Flux Kustomization"],
  ["labels", "helm.toolkit.fluxcd.io/name", "sei", "Flux HelmRelease"],
] as const;

for (const [where, key, value, tool] of MARKS)
  scenario(
    `a StatefulSet with the ${where.slice(0, -1)} ${key} is left to ${tool}`,
    ["OWNED-BY"],
    async (testbed) => {
      await open(testbed);
      await createSet(testbed, "sei-0", { version: "v6.6", holdAt: [20] }, ({ metadata }) => {
        if (metadata) metadata[where] = { ...metadata[where], [key]: value };
      });
      await letHalt(testbed, "sei-0", 20);

      const { status } = await haltOfPod(testbed, "sei-0-0", "Held", "OwnedBy");

      expect(status?.message).toContain(`${tool} ${tool === "Argo CD" ? "application " : ""}${value}`);
      expect(status?.page?.reason).toBe("OwnedBy");
      expect(await imageInSet(testbed, "sei-0")).toBe(OLD);
      expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
    },
  );
