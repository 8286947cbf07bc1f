import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { type PlayedNode, playNode } from "../harness/fixtures/played-node.ts";
import { untilSeenNear } from "../harness/halting-node.ts";
import { deliveriesOf, haltsIn, imageInSet, describe as inWords, podOf } from "../harness/observe.ts";
import { changePolicy, createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { World } from "../harness/world.ts";

const LISTED = [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }];

async function runNode(world: World): Promise<PlayedNode> {
  await createPolicy(world, { upgrades: LISTED, paused: true });
  await startController(world);
  const node = await playNode(world, "sei-0", 9);
  await untilSeenNear(world, "sei-0", 10);
  return node;
}

/** Waits until a halt about `what` (its plan or its reason) stands in a phase. */
function haltAbout(world: World, what: string, phase: string) {
  return until(
    `a halt about ${what} to be ${phase}`,
    async () =>
      (await haltsIn(world)).find(
        ({ spec, status }) => [spec.planName, spec.reason].includes(what) && status?.phase === phase,
      ),
    { within: 60_000, explain: () => inWords(world) },
  );
}

scenario(
  "a pod that ends with 72 after its 70 was held is a second halt, which is paged; nothing is done for the first",
  ["SECOND-HALT", "DOWNGRADE-LEFT"],
  async (world) => {
    const node = await runNode(world);
    await node.end(70, 'UPGRADE "v6.7" NEEDED at height: 10: \n');
    const first = await haltAbout(world, "upgrade_required", "Held");

    await node.end(72, "Wrong app version 5, upgrade handler is missing for v6.5 upgrade plan\n");
    await changePolicy(world, { paused: false });

    const second = await haltAbout(world, "downgrade_detected", "Paged");
    expect(second.metadata.name).not.toBe(first.metadata.name);
    await until(
      "its page",
      () => world.pager.pages().some(({ body }) => body.reason === "DowngradeDetected"),
      {
        within: 60_000,
      },
    );
    expect((await podOf(world, "sei-0")).metadata?.uid).toBe(first.spec.podUID);
    expect(await imageInSet(world, "sei-0")).toBe(imageOf("v6.6"));
    expect(await haltsIn(world)).toHaveLength(2);
  },
);

scenario(
  "a node that stays alive and announces another plan is a second halt; the image that is listed for the first is not set",
  ["SECOND-HALT", "SWAP-70-EXACT-PLAN"],
  async (world) => {
    const node = await runNode(world);
    const intent = (planName: string, height: number) => ({
      intent: { reason: 70, reason_string: "upgrade_required", plan_name: planName, height },
      height,
    });
    node.say(intent("v6.7", 10));
    const first = await haltAbout(world, "v6.7", "Held");

    node.say(intent("v6.8", 5_000));
    const second = await haltAbout(world, "v6.8", "Held");
    await changePolicy(world, { paused: false });

    await until(
      "the second to be held for want of its image",
      async () => (await haltAbout(world, "v6.8", "Held")).status?.reason === "ImageMappingMissing",
      { within: 60_000, explain: () => inWords(world) },
    );
    expect(await deliveriesOf(world, 1)).toEqual([1]);
    expect(second.spec).toMatchObject({ podUID: first.spec.podUID, height: 5_000 });
    expect((await podOf(world, "sei-0")).metadata?.uid).toBe(first.spec.podUID);
    expect(await imageInSet(world, "sei-0")).toBe(imageOf("v6.6"));
  },
);
