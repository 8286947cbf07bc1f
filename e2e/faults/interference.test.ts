import type { KubernetesObject } from "@kubernetes/client-node";
import type { HaltPolicy } from "@upgrade-halt/mini-controller/api";
import { type Program, until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { metricsUrlOf, startControllerWith } from "../harness/controller.ts";
import { CONTAINER, imageOf, NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import { haltOf, haltsIn, imageInPod, untilPolicySeen } from "../harness/observe.ts";
import { changePolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";
import { imagesOf, uidsOf } from "./counts.ts";
import type { Fault, ProxiedRequest } from "./fault-proxy.ts";
import { jumpingClock } from "./jumping-clock.ts";
import {
  expectSameEnd,
  letNodesHalt,
  PATIENCE,
  type PreparedHalts,
  prepareHalts,
  untilAsked,
} from "./same-end.ts";

/** The controller in the middle of a swap: `goOn` lets the request pass that it waits for. */
interface Middle {
  readonly prepared: PreparedHalts;
  readonly controller: Program;
  goOn(): void;
}

/** Lets the nodes halt, and holds the first request that fits, or its answer. */
async function stopAt(
  testbed: Testbed,
  kind: Extract<Fault["kind"], "hold" | "hold-answer">,
  fits: (request: ProxiedRequest) => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<Middle> {
  const prepared = await prepareHalts(testbed);
  const { proxy } = prepared;
  const controller = await startControllerWith(testbed, { server: proxy.url, env });
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
  testbed.cleanup.add(goOn);
  let held: ProxiedRequest | undefined;
  proxy.inject((request) => {
    if (!fits(request)) return undefined;
    held ??= request;
    return held === request ? { kind, until } : undefined;
  });
  await letNodesHalt(testbed);
  await untilAsked(proxy, "come to the middle", () => held !== undefined);
  return { prepared, controller, goOn };
}

const deletesPod = ({ method, path }: ProxiedRequest) =>
  method === "DELETE" && path.includes("/pods/sei-0-0");
/** The first journal step of the halt of sei-0: with an image listed, that is the swap's. */
const journalsSwap = ({ method, path }: ProxiedRequest) =>
  method === "PUT" && path.includes("/nodehalts/sei-0-0-");

async function expectNothingSet(testbed: Testbed, { sets, pods }: PreparedHalts): Promise<void> {
  const { status } = await haltOf(testbed, "sei-0", "Failed", { within: PATIENCE });
  expect(status?.reason).toBe("ImageWithdrawn");
  expect(await imagesOf(sets, "sei-0")).toEqual([imageOf("v6.6")]);
  expect(await uidsOf(pods, "sei-0-0")).toHaveLength(1);
  expect(await haltsIn(testbed)).toHaveLength(2);
}

describe.concurrent("in the middle of a swap", () => {
  scenario("a person deletes the pod that is about to be deleted", ["MEDDLED-POD"], async (testbed) => {
    const { prepared, goOn } = await stopAt(testbed, "hold", deletesPod);
    const [first] = await uidsOf(prepared.pods, "sei-0-0");
    await testbed.api.core.deleteNamespacedPod({ namespace: testbed.namespace, name: "sei-0-0" });
    await expectReplaced(prepared, first);
    goOn();
    await expectSameEnd(testbed, prepared);
  });

  scenario("the image is withdrawn", ["MEDDLED-POLICY"], async (testbed) => {
    const { prepared, goOn } = await stopAt(testbed, "hold-answer", journalsSwap);
    await changePolicy(testbed, { upgrades: [{ planName: "v6.8", image: imageOf("v6.8") }] });
    await untilPolicySeen(testbed);
    goOn();
    await expectNothingSet(testbed, prepared);
  });

  scenario("the policy is deleted, and made anew", ["MEDDLED-POLICY"], async (testbed) => {
    const { prepared, controller, goOn } = await stopAt(testbed, "hold-answer", journalsSwap);
    const policy = await testbed.api.objects.read<KubernetesObject & Pick<HaltPolicy, "spec">>(
      policyNamed(testbed, "policy"),
    );
    await testbed.api.objects.delete(policyNamed(testbed, "policy"));
    await untilPolicyGone(controller);
    goOn();
    const isHeld = async () =>
      (await haltOf(testbed, "sei-0", "Swapping", { within: PATIENCE })).status?.reason === "PolicyMissing";
    await until("the swap to be held", isHeld, { within: PATIENCE });
    expect(await imagesOf(prepared.sets, "sei-0")).toEqual([imageOf("v6.6")]);
    expect(await uidsOf(prepared.pods, "sei-0-0")).toHaveLength(1);
    // As Helm and `kubectl replace --force` do.
    const { spec } = policy;
    await testbed.api.objects.create({ ...policyNamed(testbed, "policy"), spec } as KubernetesObject);
    await expectSameEnd(testbed, prepared);
  });

  scenario("another policy contradicts the first", ["MEDDLED-POLICY"], async (testbed) => {
    const { prepared, goOn } = await stopAt(testbed, "hold-answer", journalsSwap);
    const upgrades = [{ planName: "v6.7", image: imageOf("v6.8") }];
    const spec = { selector: { matchLabels: NODE_LABELS }, container: CONTAINER, allowTags: true, upgrades };
    await testbed.api.objects.create({ ...policyNamed(testbed, "contrary"), spec } as KubernetesObject);
    goOn();
    await expectSameEnd(testbed, prepared);
  });

  scenario("the clock is set an hour ahead, and two hours back", ["CLOCK-JUMP"], async (testbed) => {
    const env = jumpingClock(3_600_000, -7_200_000);
    const { prepared, controller, goOn } = await stopAt(testbed, "hold", deletesPod, env);
    controller.signal("SIGUSR2");
    goOn();
    await expectSameEnd(testbed, prepared);
    controller.signal("SIGUSR2");
    await expectSameEnd(testbed, prepared);
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  });
});

/** Waits until the StatefulSet has made another pod. */
async function expectReplaced({ pods }: PreparedHalts, first: string | undefined): Promise<void> {
  await until("another pod", async () => (await uidsOf(pods, "sei-0-0")).some((uid) => uid !== first), {
    within: PATIENCE,
  });
}

/** Waits until the controller knows of no policy any more. */
async function untilPolicyGone(controller: Program): Promise<void> {
  await until(
    "the controller to see that the policy is gone",
    async () => {
      const response = await fetch(`${metricsUrlOf(controller)}/metrics`);
      return (await response.text()).includes('upgrade_halt_objects{resource="policies"} 0');
    },
    { within: PATIENCE },
  );
}

function policyNamed({ namespace }: Testbed, name: string) {
  return { apiVersion: "upgrade-halt.dev/v1alpha1", kind: "HaltPolicy", metadata: { name, namespace } };
}
