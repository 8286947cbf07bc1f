import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { haltOf, haltsIn, imageInPod, setOf, untilPast } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const upgrades = [{ planName: "v6.7", image: imageOf("v6.7") }];

scenario("two controllers at once swap once", ["EXACTLY-ONCE"], async (world) => {
  await setPlans(world, planAt("v6.7", 10));
  await createPolicy(world, { upgrades });
  await Promise.all([startController(world), startController(world)]);
  await createHaltingNode(world, "sei-0", { version: "v6.6" });

  await haltOf(world, "sei-0", "Recovered");

  expect(await haltsIn(world)).toHaveLength(1);
  expect((await setOf(world, "sei-0")).metadata?.generation).toBe(2);
});

scenario(
  "a halted pod that a person deletes is swapped when it halts again",
  ["EXACTLY-ONCE"],
  async (world) => {
    await setPlans(world, planAt("v6.7", 10));
    await createPolicy(world, { upgrades, paused: true });
    await startController(world);
    await createHaltingNode(world, "sei-0", { version: "v6.6" });
    const first = await haltOf(world, "sei-0", "Held");

    await world.api.core.deleteNamespacedPod({ namespace: world.namespace, name: "sei-0-0" });
    await changePolicy(world, { paused: false });
    await untilPast(world, "sei-0", 10);

    const halts = await haltsIn(world);
    expect(halts.map(({ metadata }) => metadata.name)).toContain(first.metadata.name);
    expect(await imageInPod(world, "sei-0")).toBe(imageOf("v6.7"));
    expect((await setOf(world, "sei-0")).metadata?.generation).toBe(2);
  },
);
