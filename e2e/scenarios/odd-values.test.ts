import { until } from "@upgrade-halt/testing";
import { describe, expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { playNode } from "../harness/fixtures/played-node.ts";
import { untilSeenNear } from "../harness/halting-node.ts";
import { deliveriesOf, haltsIn, imageInSet, describe as inWords, podOf } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

/** Announcements that a schema, or the JSON of an API server, takes no part of as it is. */
const ODD = [
  ["a plan name that is half a character", { plan_name: "\ud800x" }],
  ["a plan name of 300 ideographs", { plan_name: "升".repeat(300) }],
  ["a plan name of line breaks and a colour", { plan_name: 'v6.7\n\u001b[31mUPGRADE "v6.8"' }],
  ["a height below none", { height: -5 }],
  ["a time that is none", { plan_name: "v6.70", announced_at: "x".repeat(3_000) }],
] as const;

describe.concurrent("a halt is recorded and paged, and nothing is done", () => {
  for (const [what, odd] of ODD)
    scenario(`where its node announces ${what}`, ["ODD-VALUES"], async (testbed) => {
      await createPolicy(testbed, { upgrades: [{ planName: "v6.7", height: 10, image: imageOf("v6.7") }] });
      await startController(testbed);
      const node = await playNode(testbed, "sei-0", 9);
      await untilSeenNear(testbed, "sei-0", 10);

      const intent = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 10, ...odd };
      node.say({ height: 10, intent });

      const halt = await until(
        "the halt to be held or paged",
        async () =>
          (await haltsIn(testbed)).find(({ status }) => ["Held", "Paged"].includes(status?.phase ?? "")),
        { explain: () => inWords(testbed) },
      );
      expect(await deliveriesOf(testbed, 1)).toEqual([1]);
      expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(halt.spec.podUID);
      expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
      expect(await haltsIn(testbed)).toHaveLength(1);
    });
});
