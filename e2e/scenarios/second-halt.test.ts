import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { type PlayedNode, playNode } from "../harness/fixtures/played-node.ts";
import { untilSeenNear } from "../harness/halting-node.ts";
import { deliveriesOf, haltsIn, imageInSet, describe as inWords, podOf } from "../harness/observe.ts";
import { changePolicy, createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const LISTED = [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }];

async function runNode(testbed: Testbed): Promise<PlayedNode> {
  await createPolicy(testbed, { upgrades: LISTED, paused: true });
  await startController(testbed);
  const node = await playNode(testbed, "sei-0", 9);
  await untilSeenNear(testbed, "sei-0", 10);
  return node;
}

/** Waits until a halt about `what` (its plan or its reason) stands in a phase. */
function haltAbout(testbed: Testbed, what: string, phase: string) {
  return until(
    `a halt about ${what} to be ${phase}`,
    async () =>
      (await haltsIn(testbed)).find(
        ({ spec, status }) => [spec.planName, spec.reason].includes(what) && status?.phase === phase,
      ),
    { explain: () => inWords(testbed) },
  );
}

scenario(
  "a pod that ends with 72 after its 70 was held is a second halt, which is paged; nothing is done for the first",
  ["SECOND-HALT", "DOWNGRADE-LEFT"],
  async (testbed) => {
    const node = await runNode(testbed);
    await node.end(70, 'UPGRADE "v6.7" NEEDED at height: 10: \n');
    const first = await haltAbout(testbed, "upgrade_required", "Held");

    await node.end(72, "Wrong app version 5, upgrade handler is missing for v6.5 upgrade plan\n");
    await changePolicy(testbed, { paused: false });

    const second = await haltAbout(testbed, "downgrade_detected", "Paged");
    expect(second.metadata.name).not.toBe(first.metadata.name);
    await until(
      "its page",
      () => testbed.pager.pages().some(({ body }) => body.reason === "DowngradeDetected"),
      {},
    );
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(first.spec.podUID);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
    expect(await haltsIn(testbed)).toHaveLength(2);
  },
);

scenario(
  "a node that stays alive and announces another plan is a second halt; the image that is listed for the first is not set",
  ["SECOND-HALT", "SWAP-70-EXACT-PLAN"],
  async (testbed) => {
    const node = await runNode(testbed);
    const intent = (planName: string, height: number) => ({
      intent: { reason: 70, reason_string: "upgrade_required", plan_name: planName, height },
      height,
    });
    node.say(intent("v6.7", 10));
    const first = await haltAbout(testbed, "v6.7", "Held");

    node.say(intent("v6.8", 5_000));
    const second = await haltAbout(testbed, "v6.8", "Held");
    await changePolicy(testbed, { paused: false });

    await until(
      "the second to be held for want of its image",
      async () => (await haltAbout(testbed, "v6.8", "Held")).status?.reason === "ImageMappingMissing",
      { explain: () => inWords(testbed) },
    );
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
    expect(second.spec).toMatchObject({ podUID: first.spec.podUID, height: 5_000 });
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(first.spec.podUID);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
  },
);
