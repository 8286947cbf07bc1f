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

    const over = await haltOf(testbed, "sei-0", "Recovered");
    expect(over.metadata.name).toBe(first.metadata.name);
    expect(over.status?.reason).toBe("RecoveredElsewhere");
    const second = await haltOf(testbed, "sei-0", "Held");
    expect(second.spec).toMatchObject({
      planName: "v6.8",
      podUID: first.spec.podUID,
      image: imageOf("v6.7"),
    });
    await until("both pages", () => testbed.pager.countByKey().size === 2);
    await until("the first to be resolved", () => testbed.pager.resolutions().length === 1);
    expect(await haltsIn(testbed)).toHaveLength(2);
    expect([...testbed.pager.countByKey().values()]).toEqual([1, 1]);
  },
);

async function changeImage({ api, namespace }: Testbed, image: string): Promise<void> {
  const body = { spec: { containers: [{ name: CONTAINER, image }] } };
  const asPerson = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  await api.core.patchNamespacedPod({ namespace, name: "sei-0-0", body }, asPerson);
}
