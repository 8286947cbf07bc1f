import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { haltOf, haltsIn, imageInPod, setOf, untilPast } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const upgrades = [{ planName: "v6.7", image: imageOf("v6.7") }];

scenario("two controllers at once swap once", ["EXACTLY-ONCE"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades });
  await Promise.all([startController(testbed), startController(testbed)]);
  await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

  await haltOf(testbed, "sei-0", "Recovered");

  expect(await haltsIn(testbed)).toHaveLength(1);
  expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
});

scenario(
  "a halted pod that a person deletes is swapped when it halts again",
  ["EXACTLY-ONCE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades, paused: true });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const first = await haltOf(testbed, "sei-0", "Held");

    await testbed.api.core.deleteNamespacedPod({ namespace: testbed.namespace, name: "sei-0-0" });
    await changePolicy(testbed, { paused: false });
    await untilPast(testbed, "sei-0", 10);

    const halts = await haltsIn(testbed);
    expect(halts.map(({ metadata }) => metadata.name)).toContain(first.metadata.name);
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
  },
);
