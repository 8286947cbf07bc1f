import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import {
  containerOf,
  deliveriesOf,
  haltOf,
  haltsIn,
  imageInPod,
  policyIn,
  setOf,
  untilPast,
} from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

scenario(
  "a node that panics is restarted by the kubelet, and left to it",
  ["CRASH-KUBELET"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 1_000_000));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6" });
    const before = await untilPast(testbed, "sei-0", 2);

    await panic(testbed, "sei-0");

    await until(
      "the kubelet's restart",
      async () => (await containerOf(testbed, "sei-0")).restartCount === 1,
    );
    expect((await containerOf(testbed, "sei-0")).lastState?.terminated?.exitCode).toBe(2);
    expect(await untilPast(testbed, "sei-0", before)).toBeGreaterThan(before);
    await until("the policy to count it", async () => (await policyIn(testbed)).status?.restarts === 1);
    expect(await haltsIn(testbed)).toEqual([]);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
    expect(testbed.pager.pages()).toEqual([]);
  },
);

scenario(
  "a node that the kubelet keeps restarting after its 70 is one halt, and is swapped",
  ["LATCH", "JOURNAL-ONE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed);
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6", restartHalted: true });
    await until(
      "it to halt again after a restart",
      async () => {
        const { restartCount, state } = await containerOf(testbed, "sei-0");
        return restartCount > 0 && state?.running === undefined;
      },
      { within: 45_000 },
    );
    await haltOf(testbed, "sei-0", "Held");
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);

    await changePolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });

    await haltOf(testbed, "sei-0", "Recovered");
    expect(await haltsIn(testbed)).toHaveLength(1);
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(testbed.pager.pages().map(({ body }) => body.reason)).toEqual(["ImageMappingMissing"]);
  },
);

/** Ends a node's process as a Go program's panic does; the kubelet of every target runs it on this machine. */
async function panic(testbed: Testbed, node: string): Promise<void> {
  const { containerID } = await containerOf(testbed, node);
  process.kill(Number(containerID?.replace("process://", "")), "SIGQUIT");
}
