import { CONDITION_NOT_HALTED, LABEL_HALT } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { letGoOn } from "../harness/halting-node.ts";
import { containerOf, haltOf, podOf } from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

/** Waits for what the pod's own readiness and the controller's condition say. */
async function untilPodSays(testbed: Testbed, ready: "True" | "False", notHalted: "True" | "False") {
  return until(
    `sei-0 to be Ready=${ready} and NotHalted=${notHalted}`,
    async () => {
      const pod = await podOf(testbed, "sei-0");
      const is = (type: string) =>
        pod.status?.conditions?.find((condition) => condition.type === type)?.status;
      return is("Ready") === ready && is(CONDITION_NOT_HALTED) === notHalted && pod;
    },
    { within: 45_000 },
  );
}

scenario(
  "a halted node that serves on isn't Ready where its pod has the gate, and its successor is",
  ["READINESS-GATE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 20));
    await createPolicy(testbed);
    await startController(testbed);
    await createNode(testbed, "sei-0", {
      version: "v6.6",
      args: ["--halt-stay-alive"],
      holdAt: [20],
      readinessGates: [CONDITION_NOT_HALTED],
    });

    const before = await untilPodSays(testbed, "True", "True");
    expect(before.metadata?.labels).not.toHaveProperty([LABEL_HALT]);
    await letGoOn(testbed, "sei-0");

    await haltOf(testbed, "sei-0", "Held");
    const halted = await untilPodSays(testbed, "False", "False");
    expect((await containerOf(testbed, "sei-0")).ready, "its own probe still passes").toBe(true);
    expect(halted.metadata?.labels?.[LABEL_HALT]).toBe("upgrade_required");

    await changePolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    await haltOf(testbed, "sei-0", "Recovered");
    const after = await untilPodSays(testbed, "True", "True");
    expect(after.metadata?.uid).not.toBe(halted.metadata?.uid);
    expect(after.metadata?.labels).not.toHaveProperty([LABEL_HALT]);
  },
);
