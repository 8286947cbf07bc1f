import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { deliveriesOf, haltsIn, imageInPod, setOf, describe as tell, untilPast } from "../harness/observe.ts";
import { tableOf } from "../harness/shown-table.ts";
import type { Testbed } from "../harness/testbed.ts";
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
    playIn(inject("kubeconfig"), async (testbed) => {
      await haltUnwatched(testbed, from);
      await relay(testbed, [from, to]);
      expect(await deliveriesOf(testbed, 1)).toHaveLength(1);
      await expectSwappedOnce(testbed);
      expect(await brokenInvariants(testbed)).toEqual([]);
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
    const play = (testbed: Testbed) => handedOver(testbed, from, to, step);
    await (other === FUTURE ? later.inTestbed(play) : playIn(inject("kubeconfig"), play));
  });
});

async function handedOver(
  testbed: Testbed,
  from: Generation,
  to: Generation,
  step: (typeof SOME_STEPS)[number],
): Promise<void> {
  await haltUnwatched(testbed, from);
  await listImage(testbed);
  await legOf(testbed, from, step);
  const last = await startControllerOf(to, testbed);
  const outcome = await until(
    "the halt to be over, or paged",
    async () => {
      const [halt] = await haltsIn(testbed);
      if (halt?.status?.phase === "Recovered") return "finished";
      return halt?.status?.page?.state === "Sent" ? "paged" : undefined;
    },
    { within: WITHIN_MS, explain: async () => `${last.output()}\n${await tell(testbed)}` },
  );
  await last.stop();
  if (outcome === "finished") await expectSwappedOnce(testbed);
  else expect((await setOf(testbed, "sei-0")).metadata?.generation).toBeLessThanOrEqual(2);
  // Only who keeps records can tell a later controller what it saw.
  if (from.keepsRecords) expect(outcome).toBe("finished");
  outcomes.push({ from, to, outcome });
}

async function expectSwappedOnce(testbed: Testbed): Promise<void> {
  expect(await haltsIn(testbed)).toHaveLength(1);
  await untilPast(testbed, "sei-0", HEIGHT);
  expect(await imageInPod(testbed, "sei-0")).toBe(imageOf("v6.7"));
  expect((await setOf(testbed, "sei-0")).metadata?.generation, "the template changed once").toBe(2);
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
