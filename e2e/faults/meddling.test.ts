import type { KubernetesObject } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { metricsUrlOf, startControllerWith } from "../harness/controller.ts";
import { CONTAINER, imageOf, NODE_LABELS } from "../harness/fixtures/mock-nodes.ts";
import { haltOf, haltsIn, imageInPod, untilPolicySeen } from "../harness/observe.ts";
import { changePolicy } from "../harness/operator.ts";
import type { Program } from "../harness/program.ts";
import { scenario } from "../harness/scenario.ts";
import type { World } from "../harness/world.ts";
import { imagesOf, uidsOf } from "./counts.ts";
import type { Fault, ProxiedRequest } from "./fault-proxy.ts";
import { jumpingClock } from "./jumping-clock.ts";
import { expectSameEnd, letNodesHalt, PATIENCE, type Stage, setStage, untilAsked } from "./same-end.ts";

/** The controller in the middle of a swap: `goOn` lets the request pass that it waits for. */
interface Middle {
  readonly stage: Stage;
  readonly controller: Program;
  goOn(): void;
}

/** Lets the nodes halt, and holds the first request that fits, or its answer. */
async function stopAt(
  world: World,
  kind: Extract<Fault["kind"], "hold" | "hold-answer">,
  fits: (request: ProxiedRequest) => boolean,
  env: NodeJS.ProcessEnv = {},
): Promise<Middle> {
  const stage = await setStage(world);
  const { proxy } = stage;
  const controller = await startControllerWith(world, { server: proxy.url, env });
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
  world.cleanup.add(goOn);
  let held: ProxiedRequest | undefined;
  proxy.inject((request) => {
    if (!fits(request)) return undefined;
    held ??= request;
    return held === request ? { kind, until } : undefined;
  });
  await letNodesHalt(world);
  await untilAsked(proxy, "come to the middle", () => held !== undefined);
  return { stage, controller, goOn };
}

const deletesPod = ({ method, path }: ProxiedRequest) =>
  method === "DELETE" && path.includes("/pods/sei-0-0");
/** The first journal step of the halt of sei-0: with an image listed, that is the swap's. */
const journalsSwap = ({ method, path }: ProxiedRequest) =>
  method === "PUT" && path.includes("/nodehalts/sei-0-0-");

async function expectNothingSet(world: World, { sets, pods }: Stage): Promise<void> {
  const { status } = await haltOf(world, "sei-0", "Failed", { within: PATIENCE });
  expect(status?.reason).toBe("ImageWithdrawn");
  expect(await imagesOf(sets, "sei-0")).toEqual([imageOf("v6.6")]);
  expect(await uidsOf(pods, "sei-0-0")).toHaveLength(1);
  expect(await haltsIn(world)).toHaveLength(2);
}

describe.concurrent("in the middle of a swap", () => {
  scenario("a person deletes the pod that is about to be deleted", ["MEDDLED-POD"], async (world) => {
    const { stage, goOn } = await stopAt(world, "hold", deletesPod);
    const [first] = await uidsOf(stage.pods, "sei-0-0");
    await world.api.core.deleteNamespacedPod({ namespace: world.namespace, name: "sei-0-0" });
    await expectReplaced(stage, first);
    goOn();
    await expectSameEnd(world, stage);
  });

  scenario("the image is withdrawn", ["MEDDLED-POLICY"], async (world) => {
    const { stage, goOn } = await stopAt(world, "hold-answer", journalsSwap);
    await changePolicy(world, { upgrades: [{ planName: "v6.8", image: imageOf("v6.8") }] });
    await untilPolicySeen(world);
    goOn();
    await expectNothingSet(world, stage);
  });

  scenario("the policy is deleted", ["MEDDLED-POLICY"], async (world) => {
    const { stage, controller, goOn } = await stopAt(world, "hold-answer", journalsSwap);
    await world.api.objects.delete(policyNamed(world, "policy"));
    await untilPolicyGone(controller);
    goOn();
    await expectNothingSet(world, stage);
  });

  scenario("another policy contradicts the first", ["MEDDLED-POLICY"], async (world) => {
    const { stage, goOn } = await stopAt(world, "hold-answer", journalsSwap);
    const upgrades = [{ planName: "v6.7", image: imageOf("v6.8") }];
    const spec = { selector: { matchLabels: NODE_LABELS }, container: CONTAINER, allowTags: true, upgrades };
    await world.api.objects.create({ ...policyNamed(world, "contrary"), spec } as KubernetesObject);
    goOn();
    await expectSameEnd(world, stage);
  });

  scenario("the clock is set an hour ahead, and two hours back", ["CLOCK-JUMP"], async (world) => {
    const env = jumpingClock(3_600_000, -7_200_000);
    const { stage, controller, goOn } = await stopAt(world, "hold", deletesPod, env);
    controller.signal("SIGUSR2");
    goOn();
    await expectSameEnd(world, stage);
    controller.signal("SIGUSR2");
    await expectSameEnd(world, stage);
    expect(await imageInPod(world, "sei-0")).toBe(imageOf("v6.7"));
  });
});

/** Waits until the StatefulSet has made another pod. */
async function expectReplaced({ pods }: Stage, first: string | undefined): Promise<void> {
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

function policyNamed({ namespace }: World, name: string) {
  return { apiVersion: "upgrade-halt.dev/v1alpha1", kind: "HaltPolicy", metadata: { name, namespace } };
}
