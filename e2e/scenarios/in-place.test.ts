import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { CONTAINER, imageOf } from "../harness/fixtures/mock-nodes.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { haltOf, haltsIn } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";

const needed = (plan: string, height: number) =>
  terminated(70, `UPGRADE "${plan}" NEEDED at height: ${height}: \n`);

scenario(
  "a pod whose image a person changes in place, and which halts at its next plan, has a journal for each halt",
  ["IN-PLACE", "JOURNAL-ONE"],
  async (testbed) => {
    await createPolicy(testbed, { upgrades: [] });
    await startController(testbed);
    await createPhantom(testbed, "sei-0-0");
    const atFirst = needed("v6.7", 10);
    await setPhantomState(testbed, "sei-0-0", { state: atFirst });
    const first = await haltOf(testbed, "sei-0", "Held");

    await changeImage(testbed, imageOf("v6.7"));
    await setPhantomState(testbed, "sei-0-0", {
      state: needed("v6.8", 30),
      lastState: atFirst,
      restartCount: 1,
    });

    const second = await until("the journal of the second halt", async () =>
      (await haltsIn(testbed)).find(({ spec }) => spec.planName === "v6.8"),
    );
    expect(second.spec).toMatchObject({ podUID: first.spec.podUID, image: imageOf("v6.7") });
    await until("both pages", () => testbed.pager.countByKey().size === 2);
    const halts = await haltsIn(testbed);
    expect(halts).toHaveLength(2);
    // What the second halt's line claims of its height is no sight of the node past the first.
    const before = halts.find(({ metadata }) => metadata.name === first.metadata.name);
    expect(before?.status?.phase).toBe("Held");
    expect([...testbed.pager.countByKey().values()]).toEqual([1, 1]);
  },
);

async function changeImage({ api, namespace }: Testbed, image: string): Promise<void> {
  const body = { spec: { containers: [{ name: CONTAINER, image }] } };
  const asPerson = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  await api.core.patchNamespacedPod({ namespace, name: "sei-0-0", body }, asPerson);
}
