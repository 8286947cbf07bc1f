import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, pinnedOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import {
  containerOf,
  deliveriesOf,
  haltOf,
  imageInPod,
  imageInSet,
  podOf,
  untilPast,
  untilRecorded,
} from "../harness/observe.ts";
import { createNode, createPolicy, deploy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const MINOR = JSON.stringify({ upgradeType: "minor" });

scenario(
  "71 is paged, and rolled back to the image that ran before",
  ["TOO-NEW-PAGED", "TOO-NEW-ROLLBACK"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 1_000_000));
    await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
    await startController(testbed);
    await createNode(testbed, "sei-0", { version: "v6.6" });
    const before = await untilPast(testbed, "sei-0", 2);

    await untilRecorded(testbed, "sei-0-0", imageOf("v6.6"));
    await deploy(testbed, "sei-0", imageOf("v6.7"));

    const { spec, status } = await haltOf(testbed, "sei-0", "Recovered");
    expect(spec).toMatchObject({ reason: "binary_too_new", exitCode: 71, image: imageOf("v6.7") });
    expect(status).toMatchObject({ action: "RollBack", toImage: pinnedOf("v6.6") });
    expect(await imageInSet(testbed, "sei-0")).toBe(pinnedOf("v6.6"));
    expect(await imageInPod(testbed, "sei-0")).toBe(pinnedOf("v6.6"));
    expect(await untilPast(testbed, "sei-0", before)).toBeGreaterThan(before);
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);

scenario("72 is paged, and left as it is", ["DOWNGRADE-PAGED", "DOWNGRADE-LEFT"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 4, MINOR));
  await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await startController(testbed);
  await createNode(testbed, "sei-0", { version: "v6.7" });
  await untilPast(testbed, "sei-0", 5);

  await deploy(testbed, "sei-0", imageOf("v6.6"));

  const { spec } = await haltOf(testbed, "sei-0", "Paged");
  expect(spec).toMatchObject({ reason: "downgrade_detected", exitCode: 72, image: imageOf("v6.6") });
  await until("its page", () => testbed.pager.pages().length > 0);
  expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(spec.podUID);
  expect((await containerOf(testbed, "sei-0")).restartCount).toBe(0);
  expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
  expect([...testbed.pager.countByKey().values()]).toEqual([1]);
});
