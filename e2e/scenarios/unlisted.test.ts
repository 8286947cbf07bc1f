import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { conditionOf, eventsFor, haltOf, imageInSet, podOf, setOf } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

scenario(
  "70 with nothing listed is held and paged, and nothing is swapped; listed later, it is",
  ["UNLISTED-MISSING", "UNLISTED-NO-SWAP", "UNLISTED-LATER", "SWAP-70-EXACT-PLAN", "PAGE-RESOLVED"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.70", image: imageOf("v6.70") }] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const held = await haltOf(testbed, "sei-0", "Held");
    expect(held.status?.reason).toBe("ImageMappingMissing");
    await until("its Event", async () => (await eventsFor(testbed, "ImageMappingMissing")).length > 0);
    await until("its page", () => testbed.pager.pages().length > 0);
    await until("the policy to be Upgrading=Unknown for ImageMappingMissing", async () => {
      const condition = await conditionOf(testbed, "Upgrading");
      return condition?.status === "Unknown" && condition.reason === "ImageMappingMissing";
    });
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(held.spec.podUID);

    await changePolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });

    const recovered = await haltOf(testbed, "sei-0", "Recovered");
    expect(recovered.metadata.name).toBe(held.metadata.name);
    expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.7"));
    await until(
      "its page to be resolved",
      async () => (await haltOf(testbed, "sei-0", "Recovered")).status?.page?.state === "Resolved",
    );
    const [page] = testbed.pager.pages();
    expect(testbed.pager.resolutions().map(({ body }) => body.key)).toEqual([page?.key]);
    expect([...testbed.pager.countByKey().values()]).toEqual([1]);
  },
);
