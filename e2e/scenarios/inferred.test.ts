import { INFERRED_REACH_BLOCKS } from "@upgrade-halt/consumer";
import { until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { allowLogs } from "../harness/controller-rights.ts";
import { imageOf, type NodeOptions, planAt } from "../harness/fixtures/mock-nodes.ts";
import { letGoOn, letHalt, untilSeenNear } from "../harness/halting-node.ts";
import {
  conditionOf,
  containerOf,
  eventsFor,
  haltOf,
  haltsIn,
  imageInSet,
  podOf,
  untilPast,
} from "../harness/observe.ts";
import { changePolicy, createNode, createPolicy, type PolicyOptions, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const HEIGHT = 12;
const LISTED = { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] };

/** A node of today: no termination message. It waits before its plan: of an inferred halt the last block must be seen. */
const silent = (legacy: "panic" | "zombie", version = "v6.6"): NodeOptions => ({
  version,
  holdAt: [HEIGHT],
  args: ["--legacy", legacy],
  terminationMessagePolicy: "File",
});

async function runNode(
  testbed: Testbed,
  options: NodeOptions,
  policy: PolicyOptions = LISTED,
): Promise<void> {
  await setPlans(testbed, planAt("v6.7", HEIGHT, '{"upgradeType":"minor"}'), planAt("v6.8", 1_000_000));
  await createPolicy(testbed, policy);
  await startController(testbed);
  await createNode(testbed, "sei-0", options);
}

/** Lets the node come to its plan once the last block before that was seen. */
const letPlanCome = (testbed: Testbed) => letHalt(testbed, "sei-0", HEIGHT, INFERRED_REACH_BLOCKS);

async function untilCrashed(testbed: Testbed): Promise<void> {
  await until(
    "the node to have crashed twice",
    async () => (await containerOf(testbed, "sei-0")).restartCount >= 2,
  );
}

describe.concurrent("a node that announces nothing", () => {
  scenario(
    "a node that panics at its plan and says why in its log alone is paged, and swapped once the policy says Act",
    ["INFERRED-PAGED", "INFERRED-ACT"],
    async (testbed) => {
      await allowLogs(testbed);
      await runNode(testbed, silent("panic"));
      await letPlanCome(testbed);

      const held = await haltOf(testbed, "sei-0", "Held");
      expect(held.spec).toMatchObject({
        reason: "upgrade_required",
        planName: "v6.7",
        height: HEIGHT,
        exitCode: 2,
      });
      expect(held.spec.inferredFrom).toEqual([
        "halt line in the log of container seid",
        "exit code 2",
        expect.stringMatching(/^seen at height 1[12]$/),
        "seen on chain mock-1",
        "plan listed for that chain and height",
      ]);
      expect(held.status?.reason).toBe("InferredHalt");
      await until("its page", () => testbed.pager.countByKey().size === 1);
      expect(testbed.pager.pages()[0]?.body).toMatchObject({ reason: "InferredHalt" });
      const { metadata } = await podOf(testbed, "sei-0");
      expect([await imageInSet(testbed, "sei-0"), metadata?.uid]).toEqual([
        imageOf("v6.6"),
        held.spec.podUID,
      ]);

      await changePolicy(testbed, { inferredHalts: "Act" });
      const recovered = await haltOf(testbed, "sei-0", "Recovered", { within: 90_000 });
      expect(recovered.metadata.name).toBe(held.metadata.name);
      expect(recovered.status?.recoveredHeight).toBeGreaterThan(HEIGHT);
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.7"));
      expect(await haltsIn(testbed)).toHaveLength(1);
    },
  );

  scenario(
    "a node that lives on with its consensus stopped is swapped once it has stood still for 30 s",
    ["INFERRED-STANDSTILL", "INFERRED-ACT"],
    async (testbed) => {
      await allowLogs(testbed);
      await runNode(testbed, silent("zombie"), { ...LISTED, inferredHalts: "Act" });

      await untilSeenNear(testbed, "sei-0", HEIGHT, INFERRED_REACH_BLOCKS);
      const before = Date.now();
      await letGoOn(testbed, "sei-0");
      const halt = await haltOf(testbed, "sei-0", "Recovered", { within: 120_000 });
      expect(Date.parse(halt.spec.detectedAt) - before).toBeGreaterThan(29_000);
      expect(halt.spec.inferredFrom).toContain("its height stands still");
      expect(halt.spec).not.toHaveProperty("exitCode");
      await untilPast(testbed, "sei-0", HEIGHT);
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.7"));
    },
  );

  scenario(
    "an inferred halt is a crash where the policy ignores it",
    ["INFERRED-IGNORED"],
    async (testbed) => {
      await allowLogs(testbed);
      await runNode(testbed, silent("panic"), { ...LISTED, inferredHalts: "Ignore" });
      await letGoOn(testbed, "sei-0");

      await untilCrashed(testbed);
      expect(await haltsIn(testbed)).toEqual([]);
      expect(testbed.pager.pages()).toEqual([]);
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
      expect(await conditionOf(testbed, "LogsReadable")).toBeUndefined();
    },
  );

  scenario(
    "a controller that may not read logs says so once, and sees the halt after it was given the right",
    ["INFERRED-RIGHT"],
    async (testbed) => {
      await setPlans(testbed, planAt("v6.7", HEIGHT));
      await createPolicy(testbed, LISTED);
      const blind = await startController(testbed);
      await createNode(testbed, "sei-0", silent("panic"));
      await letPlanCome(testbed);

      await until(
        "the condition",
        async () => (await conditionOf(testbed, "LogsReadable"))?.status === "False",
        {},
      );
      expect(await conditionOf(testbed, "LogsReadable")).toMatchObject({ reason: "LogsForbidden" });
      await untilCrashed(testbed);
      expect(await haltsIn(testbed)).toEqual([]);
      const events = await until("the Event", async () => {
        const found = await eventsFor(testbed, "LogsForbidden");
        return found.length > 0 && found;
      });
      expect(events.map(({ count = 1 }) => count)).toEqual([1]);
      await blind.stop();

      // Nothing but what was written down tells the next one that the node came to its height.
      await allowLogs(testbed);
      await startController(testbed);
      const held = await haltOf(testbed, "sei-0", "Held");
      expect(held.status?.reason).toBe("InferredHalt");
      await until(
        "the condition to be good",
        async () => (await conditionOf(testbed, "LogsReadable"))?.status === "True",
      );
    },
  );

  scenario(
    "a binary that panics because it is too new is paged and held where the policy says Act",
    ["INFERRED-71-72"],
    async (testbed) => {
      await allowLogs(testbed);
      await runNode(testbed, silent("panic", "v6.8"), { ...LISTED, inferredHalts: "Act" });
      await letPlanCome(testbed);

      const held = await haltOf(testbed, "sei-0", "Held");
      expect(held.spec).toMatchObject({ reason: "binary_too_new", planName: "v6.8" });
      expect(held.status?.reason).toBe("InferredHalt");
      await until("its page", () => testbed.pager.countByKey().size === 1);
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.8"));
    },
  );
});
