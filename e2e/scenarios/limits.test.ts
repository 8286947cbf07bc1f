import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode } from "../harness/halting-node.ts";
import { startHistory } from "../harness/history.ts";
import { haltOf, haltsIn, imageInPod, imageInSet, podOf, setOf } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const upgrades = [{ planName: "v6.7", image: imageOf("v6.7") }];

scenario(
  "two nodes with maxConcurrent 1 are swapped one after the other",
  ["MAX-CONCURRENT", "JOURNAL-ONE"],
  async (testbed) => {
    const { api, namespace } = testbed;
    const journals = await startHistory<NodeHalt>(
      api,
      `/apis/upgrade-halt.dev/v1alpha1/namespaces/${namespace}/nodehalts`,
    );
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades, maxConcurrent: 1 });
    await startController(testbed);
    const nodes = ["sei-0", "sei-1"].map((name) => createHaltingNode(testbed, name, { version: "v6.6" }));
    await Promise.all(nodes);

    await haltOf(testbed, "sei-0", "Recovered");
    await haltOf(testbed, "sei-1", "Recovered");

    const inFlight = new Set<string>();
    const most: number[] = [];
    for (const { object } of await journals.replay()) {
      const swapping = ["Swapping", "Recreating", "Recovering"].includes(object.status?.phase ?? "");
      inFlight[swapping ? "add" : "delete"](object.metadata.name);
      most.push(inFlight.size);
    }
    expect(Math.max(...most)).toBe(1);
  },
);

scenario("a paused policy records and changes nothing until it is resumed", ["PAUSED"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades, paused: true });
  await startController(testbed);
  await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

  const held = await haltOf(testbed, "sei-0", "Held");
  expect(await imageInSet(testbed, "sei-0")).toBe(imageOf("v6.6"));
  expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(held.spec.podUID);

  await changePolicy(testbed, { paused: false });

  await haltOf(testbed, "sei-0", "Recovered");
  expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  expect(await haltsIn(testbed)).toHaveLength(1);
});

scenario("a dry-run policy says what it would do, and does none of it", ["DRY-RUN"], async (testbed) => {
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades, dryRun: true });
  await startController(testbed);
  await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

  const { status, spec } = await haltOf(testbed, "sei-0", "Held");

  expect(status?.message).toContain(imageOf("v6.7"));
  expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(1);
  expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(spec.podUID);
  expect(testbed.pager.pages()).toEqual([]);
});

scenario(
  "an image that halts for the same plan is Failed and paged, and not tried again",
  ["WRONG-IMAGE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, {
      upgrades: [{ planName: "v6.7", image: imageOf("v6.5") }],
      errorBudget: 5,
    });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { status } = await haltOf(testbed, "sei-0", "Failed");
    const second = await haltOf(testbed, "sei-0", "Held");
    await until(
      "its page",
      async () => (await haltOf(testbed, "sei-0", "Failed")).status?.page?.state === "Sent",
    );

    expect(status?.reason).toBe("HaltedAgain");
    expect(second.spec.image).toBe(imageOf("v6.5"));
    expect(second.status?.reason).toBe("ImageDoesNotHelp");
    expect((await podOf(testbed, "sei-0")).metadata?.uid).toBe(second.spec.podUID);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
    expect([...testbed.pager.countByKey().values()]).toEqual([1]);
  },
);

scenario(
  "a page that its receiver refused is delivered once when it is back",
  ["PAGER-DOWN"],
  async (testbed) => {
    testbed.pager.refuse(true);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed);
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    await until(
      "the page to be attempted",
      async () => ((await haltsIn(testbed))[0]?.status?.page?.attempts ?? 0) > 0,
    );

    testbed.pager.refuse(false);

    await until("its page", () => testbed.pager.pages().length > 0);
    await until(
      "it to be journaled",
      async () => (await haltsIn(testbed))[0]?.status?.page?.state === "Sent",
    );
    expect([...testbed.pager.countByKey().values()]).toEqual([1]);
  },
);
