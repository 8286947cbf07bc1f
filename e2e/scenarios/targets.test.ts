import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { digestOf, imageOf, pinnedOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import {
  createSeiNode,
  deploySeiNode,
  SEI_NODE_TARGET,
  seiNodeOf,
  startSeiController,
} from "../harness/fixtures/sei-nodes.ts";
import { letHalt } from "../harness/halting-node.ts";
import {
  deliveriesOf,
  haltOf,
  imageInPod,
  imageInSet,
  untilPast,
  untilRecorded,
} from "../harness/observe.ts";
import { createDeployedNode, createPolicy, deployNode, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { World } from "../harness/world.ts";

const DEPLOYMENT = { target: { kind: "Deployment" } } as const;

/** The image in a Deployment's template, and those of its pods that are not on their way out. */
async function imagesOf({ api, namespace }: World, name: string) {
  const { spec } = await api.apps.readNamespacedDeployment({ namespace, name });
  const { items } = await api.core.listNamespacedPod({ namespace, labelSelector: `sei.io/node=${name}` });
  const living = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return {
    template: spec?.template.spec?.containers[0]?.image,
    pods: living.map((pod) => pod.spec?.containers[0]?.image),
  };
}

scenario("70 of a Deployment is swapped in its template", ["SWAP-70-DEPLOYMENT"], async (world) => {
  await setPlans(world, planAt("v6.7", 10));
  await createPolicy(world, { ...DEPLOYMENT, upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await startController(world);
  await createDeployedNode(world, "sei", { version: "v6.6", holdAt: [10] });
  await letHalt(world, "sei", 10);

  const { spec, status } = await haltOf(world, "sei", "Recovered");

  expect(spec.workload).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", name: "sei" });
  expect(status?.recoveredHeight).toBeGreaterThan(10);
  expect(await imagesOf(world, "sei")).toEqual({ template: imageOf("v6.7"), pods: [imageOf("v6.7")] });
  expect(world.pager.pages()).toEqual([]);
});

scenario("71 of a Deployment goes back to what ran before", ["TOO-NEW-DEPLOYMENT"], async (world) => {
  await setPlans(world, planAt("v6.7", 1_000_000));
  await createPolicy(world, DEPLOYMENT);
  await startController(world);
  await createDeployedNode(world, "sei", { version: "v6.6" });
  await until("the node to be available", async () => {
    const { status } = await world.api.apps.readNamespacedDeployment({
      namespace: world.namespace,
      name: "sei",
    });
    return status?.availableReplicas === 1;
  });

  await untilRecorded(world, "sei", imageOf("v6.6"));
  await deployNode(world, "sei", imageOf("v6.7"));

  const { spec, status } = await haltOf(world, "sei", "Recovered");
  expect(spec).toMatchObject({ reason: "binary_too_new", image: imageOf("v6.7") });
  expect(status).toMatchObject({ action: "RollBack", toImage: pinnedOf("v6.6") });
  expect(await imagesOf(world, "sei")).toEqual({ template: pinnedOf("v6.6"), pods: [pinnedOf("v6.6")] });
  expect(await deliveriesOf(world, 1)).toEqual([1]);
});

scenario(
  "70 of a custom resource is swapped in that resource, by digest",
  ["SWAP-70-CUSTOM-RESOURCE", "SWAP-70-DIGEST"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 10));
    await createPolicy(world, {
      target: SEI_NODE_TARGET,
      allowTags: false,
      upgrades: [{ planName: "v6.7", height: 10, image: digestOf("v6.7") }],
    });
    startSeiController(world, { holdAt: [10] });
    await startController(world);
    await createSeiNode(world, "sei-0", "v6.6");
    await letHalt(world, "sei-0", 10);

    const { spec, status } = await haltOf(world, "sei-0", "Recovered");

    expect(spec.workload).toEqual({
      apiVersion: "sei.io/v1alpha1",
      kind: "SeiNode",
      resource: "seinodes",
      name: "sei-0",
      uid: (await seiNodeOf(world, "sei-0")).metadata.uid,
    });
    expect(status).toMatchObject({ fromImage: imageOf("v6.6"), toImage: digestOf("v6.7") });
    const node = await seiNodeOf(world, "sei-0");
    expect(node.spec.image).toBe(digestOf("v6.7"));
    expect(node.metadata.generation, "changed once").toBe(2);
    expect(await imageInSet(world, "sei-0")).toBe(digestOf("v6.7"));
    expect(await imageInPod(world, "sei-0")).toBe(digestOf("v6.7"));
    expect(await untilPast(world, "sei-0", 10)).toBeGreaterThan(10);
  },
);

scenario(
  "71 of a custom resource, found by the pod's label, goes back to what ran before",
  ["TOO-NEW-CUSTOM-RESOURCE"],
  async (world) => {
    const customResource = { ...SEI_NODE_TARGET.customResource, nameLabel: "sei.io/node" };
    await setPlans(world, planAt("v6.7", 1_000_000));
    await createPolicy(world, { target: { kind: "CustomResource", customResource } });
    startSeiController(world);
    await startController(world);
    await createSeiNode(world, "sei-0", "v6.6");
    const before = await untilPast(world, "sei-0", 2);

    await untilRecorded(world, "sei-0-0", imageOf("v6.6"));
    await deploySeiNode(world, "sei-0", imageOf("v6.7"));

    const { status } = await haltOf(world, "sei-0", "Recovered");
    expect(status).toMatchObject({ action: "RollBack", toImage: pinnedOf("v6.6") });
    expect((await seiNodeOf(world, "sei-0")).spec.image).toBe(pinnedOf("v6.6"));
    expect(await untilPast(world, "sei-0", before)).toBeGreaterThan(before);
    expect(await deliveriesOf(world, 1)).toEqual([1]);
  },
);
