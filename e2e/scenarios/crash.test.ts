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
import type { World } from "../harness/world.ts";

scenario(
  "a node that panics is restarted by the kubelet, and left to it",
  ["CRASH-KUBELET"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 1_000_000));
    await createPolicy(world, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    await startController(world);
    await createNode(world, "sei-0", { version: "v6.6" });
    const before = await untilPast(world, "sei-0", 2);

    await panic(world, "sei-0");

    await until("the kubelet's restart", async () => (await containerOf(world, "sei-0")).restartCount === 1);
    expect((await containerOf(world, "sei-0")).lastState?.terminated?.exitCode).toBe(2);
    expect(await untilPast(world, "sei-0", before)).toBeGreaterThan(before);
    await until("the policy to count it", async () => (await policyIn(world)).status?.restarts === 1);
    expect(await haltsIn(world)).toEqual([]);
    expect((await setOf(world, "sei-0")).metadata?.generation).toBe(1);
    expect(world.pager.pages()).toEqual([]);
  },
);

scenario(
  "a node that the kubelet keeps restarting after its 70 is one halt, and is swapped",
  ["LATCH", "JOURNAL-ONE"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 10));
    await createPolicy(world);
    await startController(world);
    await createHaltingNode(world, "sei-0", { version: "v6.6", restartHalted: true });
    await until(
      "it to halt again after a restart",
      async () => {
        const { restartCount, state } = await containerOf(world, "sei-0");
        return restartCount > 0 && state?.running === undefined;
      },
      { within: 45_000 },
    );
    await haltOf(world, "sei-0", "Held");
    expect(await deliveriesOf(world, 1)).toEqual([1]);

    await changePolicy(world, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });

    await haltOf(world, "sei-0", "Recovered");
    expect(await haltsIn(world)).toHaveLength(1);
    expect(await imageInPod(world, "sei-0")).toBe(imageOf("v6.7"));
    expect(world.pager.pages().map(({ body }) => body.reason)).toEqual(["ImageMappingMissing"]);
  },
);

/** Ends a node's process as a Go program's panic does; the kubelet of every target runs it on this machine. */
async function panic(world: World, node: string): Promise<void> {
  const { containerID } = await containerOf(world, node);
  process.kill(Number(containerID?.replace("process://", "")), "SIGQUIT");
}
