import { setTimeout as delay } from "node:timers/promises";
import type { V1StatefulSet } from "@kubernetes/client-node";
import type { Boundary, Operation } from "@upgrade-halt/mini-controller";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController, startDoomedController } from "../harness/controller.ts";
import { CONTAINER, imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode, createUnwatchedNode } from "../harness/halting-node.ts";
import { startHistory } from "../harness/history.ts";
import { haltOf, haltsIn, imageInPod, setOf } from "../harness/observe.ts";
import { createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const upgrades = [{ planName: "v6.7", image: imageOf("v6.7") }];

scenario(
  "a step is in the journal before its effect, each once and in order",
  ["JOURNAL-ONE"],
  async (testbed) => {
    const { api, namespace } = testbed;
    const journal = await startHistory<NodeHalt>(
      api,
      `/apis/upgrade-halt.dev/v1alpha1/namespaces/${namespace}/nodehalts`,
    );
    const sets = await startHistory<V1StatefulSet>(api, `/apis/apps/v1/namespaces/${namespace}/statefulsets`);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const { status } = await haltOf(testbed, "sei-0", "Recovered");

    const written = (await journal.replay()).find(({ object }) => object.status?.phase === "Swapping");
    const swapped = (await sets.replay()).find(({ object }) => imageOfSet(object) === imageOf("v6.7"));
    expect(written?.version).toBeLessThan(swapped?.version ?? 0);
    const phases = status?.steps?.map(({ phase }) => phase);
    expect(phases).toEqual(["Detected", "Recorded", "Swapping", "Recreating", "Recovering", "Recovered"]);
    const times = status?.steps?.map(({ at }) => at) ?? [];
    expect(times).toEqual([...times].sort());
    expect(await haltsIn(testbed)).toHaveLength(1);
  },
);

scenario(
  "a controller killed before and after every step of a swap comes to the same end",
  ["CONTROLLER-KILLED", "EXACTLY-ONCE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades });
    await createUnwatchedNode(testbed, "sei-0", { version: "v6.6" });

    await dieAround(testbed, [
      "create-halt",
      "journal-Swapping",
      "set-image",
      "journal-Recreating",
      "delete-pod",
      "journal-Recovering",
      "journal-Recovered",
    ]);
    await startController(testbed);
    await haltOf(testbed, "sei-0", "Recovered");

    expect(await haltsIn(testbed)).toHaveLength(1);
    expect((await setOf(testbed, "sei-0")).metadata?.generation).toBe(2);
    expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
    expect(testbed.pager.pages()).toEqual([]);
  },
);

scenario(
  "a controller killed before and after every step of a page pages once",
  ["CONTROLLER-KILLED", "EXACTLY-ONCE"],
  async (testbed) => {
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed);
    await createUnwatchedNode(testbed, "sei-0", { version: "v6.6" });

    await dieAround(testbed, ["journal-Held", "claim-page", "send-page", "confirm-page"]);
    await startController(testbed);
    await until(
      "the page to be sent",
      async () => (await haltsIn(testbed))[0]?.status?.page?.state === "Sent",
    );

    expect(await haltsIn(testbed)).toHaveLength(1);
    expect(testbed.pager.countByKey().size).toBe(1);
  },
);

/** Starts the controller again and again, each time to be killed by its own hand at the next boundary. */
async function dieAround(testbed: Testbed, operations: readonly Operation[]): Promise<void> {
  for (const boundary of operations.flatMap((operation): Boundary[] => [
    `before:${operation}`,
    `after:${operation}`,
  ])) {
    const controller = await startDoomedController(testbed, boundary);
    const end = await Promise.race([controller.ended, delay(60_000, undefined, { ref: false })]);
    expect(end, `the controller passes ${boundary}`).toEqual({ code: null, signal: "SIGKILL" });
  }
}

function imageOfSet({ spec }: V1StatefulSet): string | undefined {
  return spec?.template.spec?.containers.find(({ name }) => name === CONTAINER)?.image;
}
