import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { playNode } from "../harness/fixtures/played-node.ts";
import { untilSeenNear } from "../harness/halting-node.ts";
import { deliveriesOf, haltOf, imageInSet, podOf, setOf, untilPolicySeen } from "../harness/observe.ts";
import { changePolicy, createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

scenario(
  "a halted pod that runs again in place is left alone, listed or not, and its page is over",
  ["PUT-RIGHT", "PAGE-RESOLVED"],
  async (testbed) => {
    await createPolicy(testbed, { upgrades: [] });
    await startController(testbed);
    const node = await playNode(testbed, "sei-0", 9);
    await untilSeenNear(testbed, "sei-0", 10);
    await node.end(70, 'UPGRADE "v6.7" NEEDED at height: 10: \n');
    const held = await haltOf(testbed, "sei-0", "Held");
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);

    // As after skip-upgrades, or under cosmovisor: the same pod is past the plan, on the same image.
    node.say({ height: 5_000 });
    await node.restart();
    const withdrawn = await haltOf(testbed, "sei-0", "Withdrawn");
    await until("the page to be over", () => testbed.pager.resolutions().length === 1);
    await changePolicy(testbed, { upgrades: [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }] });
    await untilPolicySeen(testbed);
    node.say({ height: 5_001 });

    expect(withdrawn.metadata.name).toBe(held.metadata.name);
    expect((await haltOf(testbed, "sei-0", "Withdrawn")).metadata.name).toBe(held.metadata.name);
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(held.spec.podUID);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);
