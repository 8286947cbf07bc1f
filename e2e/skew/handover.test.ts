import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { deliveriesOf, haltsIn, imageInPod, setOf, describe as tell, untilPast } from "../harness/observe.ts";
import { tableOf } from "../harness/shown-table.ts";
import type { World } from "../harness/world.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { type ClusterOf, playIn, startClusterOf } from "./cluster-of.ts";
import { FUTURE, type Generation, PAST, TREE } from "./generations.ts";
import { PAGE } from "./page.ts";
import {
  HEIGHT,
  haltUnwatched,
  legOf,
  listImage,
  relay,
  STEPS,
  startControllerOf,
  WITHIN_MS,
} from "./relay.ts";

const LAST = PAST.at(-1) ?? TREE;

/** What a halt came to, by who handed it over, to whom, and after which step. */
const outcomes: { readonly from: Generation; readonly to: Generation; readonly outcome: string }[] = [];

describe.each([
  { from: TREE, to: LAST },
  { from: LAST, to: TREE },
])("a halt that goes from $from.name to $to.name and back at each step of its journal", ({ from, to }) => {
  test("is swapped once, paged once, and resolved", () =>
    playIn(inject("kubeconfig"), async (world) => {
      await haltUnwatched(world, from);
      await relay(world, [from, to]);
      expect(await deliveriesOf(world, 1)).toHaveLength(1);
      await expectSwappedOnce(world);
      expect(await brokenInvariants(world)).toEqual([]);
      outcomes.push({ from, to, outcome: `finished, at each of ${STEPS.length} steps` });
    }));
});

const SOME_STEPS = ["after:create-halt", "after:set-image", "after:delete-pod"] as const;

/** Controllers that are not next to each other in time, with the cluster of the newer one. */
const PAIRS = [...PAST.slice(0, -1), FUTURE].flatMap((other) => [
  { from: other, to: TREE, other },
  { from: TREE, to: other, other },
]);

let later: ClusterOf;
beforeAll(async () => {
  later = await startClusterOf(FUTURE);
});
afterAll(() => later?.stop());

describe.each(PAIRS)("a halt that goes from $from.name to $to.name", ({ from, to, other }) => {
  test.each(SOME_STEPS)("%s is finished, or a person is paged; its image is set once", async (step) => {
    const play = (world: World) => handedOver(world, from, to, step);
    await (other === FUTURE ? later.inWorld(play) : playIn(inject("kubeconfig"), play));
  });
});

async function handedOver(
  world: World,
  from: Generation,
  to: Generation,
  step: (typeof SOME_STEPS)[number],
): Promise<void> {
  await haltUnwatched(world, from);
  await listImage(world);
  await legOf(world, from, step);
  const last = await startControllerOf(to, world);
  const outcome = await until(
    "the halt to be over, or paged",
    async () => {
      const [halt] = await haltsIn(world);
      if (halt?.status?.phase === "Recovered") return "finished";
      return halt?.status?.page?.state === "Sent" ? "paged" : undefined;
    },
    { within: WITHIN_MS, explain: async () => `${last.output()}\n${await tell(world)}` },
  );
  await last.stop();
  if (outcome === "finished") await expectSwappedOnce(world);
  else expect((await setOf(world, "sei-0")).metadata?.generation).toBeLessThanOrEqual(2);
  // Only who keeps records can tell a later controller what it saw.
  if (from.keepsRecords) expect(outcome).toBe("finished");
  outcomes.push({ from, to, outcome });
}

async function expectSwappedOnce(world: World): Promise<void> {
  expect(await haltsIn(world)).toHaveLength(1);
  await untilPast(world, "sei-0", HEIGHT);
  expect(await imageInPod(world, "sei-0")).toBe(imageOf("v6.7"));
  expect((await setOf(world, "sei-0")).metadata?.generation, "the template changed once").toBe(2);
}

afterAll(() => {
  // A run of some tests alone has not all of the table.
  if (outcomes.length < 2 + PAIRS.length * SOME_STEPS.length) return;
  const cell = (from: Generation, to: Generation) =>
    [...new Set(outcomes.filter((one) => one.from === from && one.to === to).map(({ outcome }) => outcome))]
      .toSorted()
      .join(" or ");
  const rows = [...PAST, FUTURE].map((other) => [`**${other.name}**`, cell(other, TREE), cell(TREE, other)]);
  PAGE.expectShown(
    "controllers",
    tableOf([["the other controller", "it is replaced by this tree's", "it replaces this tree's"], ...rows]),
  );
});
