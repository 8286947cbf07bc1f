import type { V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { expect, inject } from "vitest";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { type History, startHistory } from "../harness/history.ts";
import { deliveriesOf, haltOf, haltsIn, imageInPod } from "../harness/observe.ts";
import { createNode, createPolicy, setPlans } from "../harness/operator.ts";
import type { Testbed } from "../harness/testbed.ts";
import { imagesOf, uidsOf } from "./counts.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

export const upgrades = [{ planName: "v6.7", image: imageOf("v6.7") }];
const DOWNGRADE_LINE = "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan\n";

/** How long a fault may put the end off, in milliseconds: machines are loaded, and back-off adds up. */
export const PATIENCE = 90_000;

/** A testbed in which two nodes are about to halt: one to be swapped, one to be paged for. */
export interface PreparedHalts {
  readonly proxy: FaultProxy;
  readonly sets: History<V1StatefulSet>;
  readonly pods: History<V1Pod>;
}

/** Prepares both, but for the controller and the node that will halt by itself (`createHaltingNode`). */
export async function prepareHalts(testbed: Testbed): Promise<PreparedHalts> {
  const { api, namespace, cleanup } = testbed;
  const proxy = await startProxy(testbed);
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades });
  await createPhantom(testbed, "low-0");
  cleanup.add(() => proxy.setDown(false));
  return {
    proxy,
    sets: await startHistory<V1StatefulSet>(api, `/apis/apps/v1/namespaces/${namespace}/statefulsets`),
    pods: await startHistory<V1Pod>(api, `/api/v1/namespaces/${namespace}/pods`),
  };
}

/** A proxy before the cluster of this run, which ends with the testbed. */
export async function startProxy({ cleanup }: Testbed): Promise<FaultProxy> {
  const proxy = await startFaultProxy(inject("kubeconfig"));
  cleanup.add(() => proxy.stop());
  return proxy;
}

/**
 * Starts the node that halts at its plan, and lets the other one halt with a downgrade. The first stays alive, so that its
 * height can be read however late a fault lets the controller look: without that, nothing is done to a node.
 */
export async function letNodesHalt(testbed: Testbed): Promise<void> {
  await createNode(testbed, "sei-0", { version: "v6.6", args: ["--halt-stay-alive"] });
  await setPhantomState(testbed, "low-0", { state: terminated(72, DOWNGRADE_LINE) });
}

/**
 * Waits for the end that every fault must lead to, and counts what led there: each halt recorded once, one change of
 * the image to the one that is listed, one new pod, each page delivered once.
 */
export async function expectSameEnd(testbed: Testbed, { sets, pods }: PreparedHalts): Promise<void> {
  await haltOf(testbed, "sei-0", "Recovered", { within: PATIENCE });
  await haltOf(testbed, "low", "Paged", { within: PATIENCE });
  const halts = await haltsIn(testbed);
  expect(halts.map(({ spec }) => spec.podName).toSorted()).toEqual(["low-0", "sei-0-0"]);
  expect(await imagesOf(sets, "sei-0")).toEqual([imageOf("v6.6"), imageOf("v6.7")]);
  expect(await uidsOf(pods, "sei-0-0")).toHaveLength(2);
  expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  // Only the downgrade is paged for: what a fault hides for a moment is no reason to wake anybody.
  await deliveriesOf(testbed, 1);
  expect([...testbed.pager.countByKey()]).toEqual([[expect.stringContaining("/low-0-"), 1]]);
}

/** Waits until a request that fits has arrived at the proxy. */
export async function untilAsked(
  proxy: FaultProxy,
  what: string,
  fits: (request: { readonly method: string; readonly path: string }) => boolean,
): Promise<void> {
  await until(`the controller to ${what}`, () => proxy.requests().some(fits), { within: PATIENCE });
}
