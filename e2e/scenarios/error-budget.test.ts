import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { conditionOf, eventsFor, haltOf, imageInPod, podOf, setOf } from "../harness/observe.ts";
import { acknowledge, changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

scenario(
  "a failed swap stops all others until a person acknowledges it",
  ["ERROR-BUDGET", "NOT-RECOVERED"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, {
      upgrades: [{ planName: "v6.7", image: imageOf("v6.5") }],
      errorBudget: 1,
      maxConcurrent: 10,
    });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const failed = await haltOf(testbed, "sei-0", "Failed", { reason: "upgrade_required" });

    await createHaltingNode(testbed, "sei-1", { version: "v6.6" });

    const held = await haltOf(testbed, "sei-1", "Held");
    expect(held.status).toMatchObject({ action: "SwapImage", reason: "ErrorBudgetSpent" });
    expect((await setOf(testbed, "sei-1")).metadata?.generation).toBe(1);
    expect((await podOf(testbed, "sei-1")).metadata?.uid).toBe(held.spec.podUID);
    const spent = await until("the policy to say so", async () => {
      const condition = await conditionOf(testbed, "BudgetSpent");
      return condition?.status === "True" && condition;
    });
    expect(spent).toMatchObject({ reason: "TooManyFailures", observedGeneration: 1 });
    await until("its Event", async () => (await eventsFor(testbed, "TooManyFailures")).length > 0);

    await changePolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    expect((await setOf(testbed, "sei-1")).metadata?.generation).toBe(1);
    await acknowledge(testbed, failed.metadata.name);

    await haltOf(testbed, "sei-1", "Recovered");
    expect(await imageInPod(testbed, "sei-1")).toBe(imageOf("v6.7"));
  },
);
