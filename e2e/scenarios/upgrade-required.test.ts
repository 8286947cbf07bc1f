import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode, letHalt } from "../harness/halting-node.ts";
import { haltOf, haltsIn, imageInPod, imageInSet, setOf, untilPast } from "../harness/observe.ts";
import { createNode, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const listed = (planName: string) => ({ planName, image: imageOf(planName) });

scenario(
  "70 is swapped to the listed image, and recovered past its height",
  ["SWAP-70-LISTED", "SWAP-70-PAST-HEIGHT", "CONTROLLER-RIGHTS"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [listed("v6.7")] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { spec, status } = await haltOf(testbed, "sei-0", "Recovered");

    expect(spec).toMatchObject({
      reason: "upgrade_required",
      exitCode: 70,
      planName: "v6.7",
      height: 10,
      image: imageOf("v6.6"),
    });
    expect(status?.toImage).toBe(imageOf("v6.7"));
    expect(status?.recoveredHeight).toBeGreaterThan(10);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(await untilPast(testbed, "sei-0", 10)).toBeGreaterThan(10);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
    expect(testbed.pager.pages()).toEqual([]);
  },
);

scenario(
  "a node that halted for 70 and stays alive is swapped as well",
  ["SWAP-70-STAY-ALIVE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [{ ...listed("v6.7"), height: 10 }] });
    await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6", args: ["--halt-stay-alive"] });

    const { spec } = await haltOf(testbed, "sei-0", "Recovered");

    expect(spec).toMatchObject({ reason: "upgrade_required", planName: "v6.7", height: 10 });
    expect(spec.exitCode).toBeUndefined();
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(await untilPast(testbed, "sei-0", 10)).toBeGreaterThan(10);
  },
);

scenario(
  "a StatefulSet that rolls its updates doesn't wait for its halted pod for ever",
  ["SWAP-70-ROLLING"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [listed("v6.7")] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6", updateStrategy: "RollingUpdate" });

    await haltOf(testbed, "sei-0", "Recovered");

    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  },
);

scenario(
  "the same node halting at its next plan is swapped again",
  ["SWAP-70-NEXT-PLAN"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 8), planAt("v6.8", 20));
    await createPolicy(testbed, { upgrades: [listed("v6.7"), listed("v6.8")] });
    await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6", holdAt: [8, 20] });
    await letHalt(testbed, "sei-0", 8);
    await haltOf(testbed, "sei-0", "Recovered");
    await letHalt(testbed, "sei-0", 20);

    const halts = await until(
      "both halts to be recovered",
      async () => {
        const halts = await haltsIn(testbed);
        return halts.length === 2 && halts.every(({ status }) => status?.phase === "Recovered") && halts;
      },
      { within: 90_000 },
    );

    expect(halts.map(({ spec }) => spec.planName).sort()).toEqual(["v6.7", "v6.8"]);
    expect(await untilPast(testbed, "sei-0", 20)).toBeGreaterThan(20);
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.8"));
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(3);
    expect(testbed.pager.pages()).toEqual([]);
  },
);

scenario(
  "info is data: no image or URL in it is followed",
  ["INFO-IS-DATA", "SWAP-70-EXACT-PLAN"],
  async (testbed) => {
    const info = JSON.stringify({
      binaries: { "linux/amd64": "http://127.0.0.1:1/evil" },
      image: imageOf("v6.8"),
    });
    await setPlans(testbed, planAt("v6.7", 10, info), planAt("v6.8", 1_000_000));
    await createPolicy(testbed, { upgrades: [listed("v6.8"), listed("v6.7")] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { status } = await haltOf(testbed, "sei-0", "Recovered");

    expect(status?.toImage).toBe(imageOf("v6.7"));
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.7"));
  },
);
