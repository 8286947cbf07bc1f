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
  async (world) => {
    await createPolicy(world);
    await startController(world);
    await createPhantom(world, "sei-0-0");

    await setPhantomState(world, "sei-0-0", { state: terminated(70, PLAN_LINE) });
    const held = await haltOf(world, "sei-0", "Held");
    for (const [restartCount, code] of [130, 2].entries()) {
      const lastState = restartCount === 0 ? terminated(70, PLAN_LINE) : terminated(130);
      await setPhantomState(world, "sei-0-0", {
        state: terminated(code),
        lastState,
        restartCount: restartCount + 1,
      });
    }
    await settled(world, 2);

    const halts = await haltsIn(world);
    expect(halts.map(({ metadata }) => metadata.name)).toEqual([held.metadata.name]);
    expect(halts[0]?.status?.phase).toBe("Held");
    expect(await deliveriesOf(world, 1)).toEqual([1]);
  },
);

scenario("a halt whose reason nobody here knows is held and paged", ["UNRECOGNISED-HELD"], async (world) => {
  await createPolicy(world);
  await startController(world);
  const { metadata } = await createPhantom(world, "sei-0-0");

  await setPhantomState(world, "sei-0-0", { state: terminated(75, "halting: something_new") });

  const { spec } = await haltOf(world, "sei-0", ["Held", "Paged"]);
  expect(spec).toMatchObject({ reason: "unrecognised", exitCode: 75, podUID: metadata?.uid });
  expect(await deliveriesOf(world, 1)).toEqual([1]);
});

scenario("a crash has no journal and no page; it is counted", ["CRASH-KUBELET"], async (world) => {
  await createPolicy(world);
  await startController(world);
  await createPhantom(world, "sei-0-0");

  await setPhantomState(world, "sei-0-0", { state: terminated(2, "panic: boom"), restartCount: 3 });
  await settled(world, 3);

  expect((await policyIn(world)).status).toMatchObject({ crashed: 1, restarts: 3, halted: 0 });
  expect(await haltsIn(world)).toEqual([]);
  expect(world.pager.pages()).toEqual([]);
});

/** Waits until the controller has seen the newest status, which its count of restarts shows. */
async function settled(world: Parameters<typeof policyIn>[0], restarts: number): Promise<void> {
  await until(
    `the policy to count ${restarts} restarts`,
    async () => (await policyIn(world)).status?.restarts === restarts,
  );
}
