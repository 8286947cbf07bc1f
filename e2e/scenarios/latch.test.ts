import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { startController } from "../harness/controller.ts";
import { createPhantom, setPhantomState, terminated } from "../harness/fixtures/phantom-pods.ts";
import { deliveriesOf, haltOf, haltsIn, policyIn } from "../harness/observe.ts";
import { createPolicy } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";

const PLAN_LINE = 'UPGRADE "v6.7" NEEDED at height: 10: \n';

scenario(
  "a node that halted with 70 and then crashes as it restarts is still that halt",
  ["LATCH"],
  async (testbed) => {
    await createPolicy(testbed);
    await startController(testbed);
    await createPhantom(testbed, "sei-0-0");

    await setPhantomState(testbed, "sei-0-0", { state: terminated(70, PLAN_LINE) });
    const held = await haltOf(testbed, "sei-0", "Held");
    for (const [restartCount, code] of [130, 2].entries()) {
      const lastState = restartCount === 0 ? terminated(70, PLAN_LINE) : terminated(130);
      await setPhantomState(testbed, "sei-0-0", {
        state: terminated(code),
        lastState,
        restartCount: restartCount + 1,
      });
    }
    await settled(testbed, 2);

    const halts = await haltsIn(testbed);
    expect(halts.map(({ metadata }) => metadata.name)).toEqual([held.metadata.name]);
    expect(halts[0]?.status?.phase).toBe("Held");
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);

scenario(
  "a halt whose reason nobody here knows is held and paged",
  ["UNRECOGNISED-HELD"],
  async (testbed) => {
    await createPolicy(testbed);
    await startController(testbed);
    const { metadata } = await createPhantom(testbed, "sei-0-0");

    await setPhantomState(testbed, "sei-0-0", { state: terminated(75, "halting: something_new") });

    const { spec } = await haltOf(testbed, "sei-0", ["Held", "Paged"]);
    expect(spec).toMatchObject({ reason: "unrecognised", exitCode: 75, podUID: metadata?.uid });
    expect(await deliveriesOf(testbed, 1)).toEqual([1]);
  },
);

scenario("a crash has no journal and no page; it is counted", ["CRASH-KUBELET"], async (testbed) => {
  await createPolicy(testbed);
  await startController(testbed);
  await createPhantom(testbed, "sei-0-0");

  await setPhantomState(testbed, "sei-0-0", { state: terminated(2, "panic: boom"), restartCount: 3 });
  await settled(testbed, 3);

  expect((await policyIn(testbed)).status).toMatchObject({ crashed: 1, restarts: 3, halted: 0 });
  expect(await haltsIn(testbed)).toEqual([]);
  expect(testbed.pager.pages()).toEqual([]);
});

/** Waits until the controller has seen the newest status, which its count of restarts shows. */
async function settled(testbed: Parameters<typeof policyIn>[0], restarts: number): Promise<void> {
  await until(
    `the policy to count ${restarts} restarts`,
    async () => (await policyIn(testbed)).status?.restarts === restarts,
  );
}
