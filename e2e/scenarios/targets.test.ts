import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { digestOf, imageOf, pinnedOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import {
  createSeiNode,
  deploySeiNode,
  SEI_NODE_TARGET,
  seiNodeOf,
  startSei,
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
import type { Testbed } from "../harness/testbed.ts";

const DEPLOYMENT = { target: { kind: "Deployment" } } as const;

/** The image in a Deployment's template, and those of its pods that are not on their way out. */
async function imagesOf({ api, namespace }: Testbed, name: string) {
  const { spec } = await api.apps.readNamespacedDeployment({ namespace, name });
  const { items } = await api.core.listNamespacedPod({ namespace, labelSelector: `sei.io/node=${name}` });
  const living = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return {
    template: spec?.template.spec?.containers[0]?.image,
    pods: living.map((pod) => pod.spec?.containers[0]?.image),
  };
}

scenario("70 of a Deployment is swapped in its template", ["SWAP-70-DEPLOYMENT"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { ...DEPLOYMENT, upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await startController(testbed);
  await createDeployedNode(testbed, "sei", { version: "v6.6", holdAt: [10] });
  await letHalt(testbed, "sei", 10);

  const { spec, status } = await haltOf(testbed, "sei", "Recovered");

  expect(spec.workload).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", name: "sei" });
  expect(status?.recoveredHeight).toBeGreaterThan(10);
  expect(await imagesOf(testbed, "sei")).toEqual({ template: imageOf("v6.7"), pods: [imageOf("v6.7")] });
  expect(testbed.pager.pages()).toEqual([]);
});

scenario("71 of a Deployment goes back to what ran before", ["TOO-NEW-DEPLOYMENT"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 1_000_000));
  await createPolicy(testbed, DEPLOYMENT);
  await startController(testbed);
  await createDeployedNode(testbed, "sei", { version: "v6.6" });
  await until("the node to be available", async () => {
    const { status } = await testbed.api.apps.readNamespacedDeployment({
      namespace: testbed.namespace,
      name: "sei",
    });
    return status?.availableReplicas === 1;
  });

  await untilRecorded(testbed, "sei", imageOf("v6.6"));
  await deployNode(testbed, "sei", imageOf("v6.7"));

  const { spec, status } = await haltOf(testbed, "sei", "Recovered");
  expect(spec).toMatchObject({ reason: "binary_too_new", image: imageOf("v6.7") });
  expect(status).toMatchObject({ action: "RollBack", toImage: pinnedOf("v6.6") });
  expect(await imagesOf(testbed, "sei")).toEqual({ template: pinnedOf("v6.6"), pods: [pinnedOf("v6.6")] });
  expect(await deliveriesOf(testbed, 1)).toEqual([1]);
});

scenario(
  "70 of a custom resource is swapped in that resource, by digest",
  ["SWAP-70-CUSTOM-RESOURCE", "SWAP-70-DIGEST"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, {
      target: SEI_NODE_TARGET,
      allowTags: false,
      upgrades: [{ planName: "v6.7", height: 10, image: digestOf("v6.7") }],
    });
    await startSei(testbed, { holdAt: [10] });
    await startController(testbed);
    await createSeiNode(testbed, "sei-0", "v6.6");
    await letHalt(testbed, "sei-0", 10);

    const { spec, status } = await haltOf(testbed, "sei-0", "Recovered");

    expect(spec.workload).toEqual({
      apiVersion: "sei.io/v1alpha1",
      kind: "SeiNode",
      resource: "seinodes",
      name: "sei-0",
      uid: (await seiNodeOf(testbed, "sei-0")).metadata.uid,
    });
    expect(status).toMatchObject({ fromImage: imageOf("v6.6"), toImage: digestOf("v6.7") });
    const node = await seiNodeOf(testbed, "sei-0");
    expect(node.spec.image).toBe(digestOf("v6.7"));
    expect(node.metadata.generation, "changed once").toBe(2);
    expect(await imageInSet(testbed, "sei-0")).toBe(digestOf("v6.7"));
    expect(await imageInPod(testbed, "sei-0")).toBe(digestOf("v6.7"));
    expect(await untilPast(testbed, "sei-0", 10)).toBeGreaterThan(10);
  },
);

scenario(
  "71 of a custom resource, found by the pod's label, goes back to what ran before",
  ["TOO-NEW-CUSTOM-RESOURCE"],
  async (testbed) => {
    const customResource = { ...SEI_NODE_TARGET.customResource, nameLabel: "sei.io/node" };
    await setPlans(testbed, planAt("v6.7", 1_000_000));
    await createPolicy(testbed, { target: { kind: "CustomResource", customResource } });
    await startSei(testbed);
    await startController(testbed);
    await createSeiNode(testbed, "sei-0", "v6.6");
    const before = await untilPast(testbed, "sei-0", 2);

    await untilRecorded(testbed, "sei-0-0", imageOf("v6.6"));
    await deploySeiNode(testbed, "sei-0", imageOf("v6.7"));

    const { status } = await haltOf(testbed, "sei-0", "Recovered");
    expect(status).toMatchObject({ action: "RollBack", toImage: pinnedOf("v6.6") });
    expect((await seiNodeOf(testbed, "sei-0")).spec.image).toBe(pinnedOf("v6.6"));
    expect(await untilPast(testbed, "sei-0", before)).toBeGreaterThan(before);
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);
