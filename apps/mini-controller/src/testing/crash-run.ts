import { ShutdownReason } from "@upgrade-halt/contract";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { isSwapping, type NodeHalt } from "../api/node-halt.ts";
import type { Boundary } from "../model/boundary.ts";
import { type Behaviour, FakeCluster, image, onePlan, SKIPPED, WRONG, WRONG_PLAN } from "./fake-cluster.ts";
import { TestController } from "./test-controller.ts";

/** Where a run kills a controller: at its n-th passing of a boundary. */
export interface Kill {
  readonly at: Boundary;
  readonly passing: number;
}

/** What there is after a run: the counts by which losing and doubling show. */
export interface Outcome {
  readonly kills: number;
  readonly phases: readonly string[];
  readonly imagesSet: readonly string[];
  readonly podsDeleted: number;
  readonly pages: readonly string[];
  /** Pages of which it was told that they are over. */
  readonly resolved: readonly string[];
}

/**
 * Ends that every kill must lead to: two upgrades, a rollback, a downgrade that is left alone, an upgrade to a wrong
 * image that halts again, and a node that runs again before anybody listed its upgrade.
 */
export const EXPECTED: Omit<Outcome, "kills"> = {
  phases: [
    "bad-0 Failed",
    "bad-0 Held",
    "low-0 Paged",
    "new-0 Recovered",
    "sei-0-0 Recovered",
    "sei-1-0 Recovered",
    "skip-0 Withdrawn",
  ],
  imagesSet: [
    `bad ${image(`v6.7${WRONG}`)}`,
    `new ${image("v6.7")}`,
    `new ${image("v6.8")}`,
    `sei-0 ${image("v6.7")}`,
    `sei-1 ${image("v6.7")}`,
  ],
  podsDeleted: 5,
  pages: ["BinaryTooNew new-0", "DowngradeDetected low-0", "HaltedAgain bad-0", "ImageMappingMissing skip-0"],
  resolved: ["BinaryTooNew new-0", "ImageMappingMissing skip-0"],
};

const ENDS = EXPECTED.phases.map((end) => end.split(" ")[1]).toSorted();

const behave: Behaviour = (of, height) => {
  if (of.endsWith("v6.5")) return ShutdownReason.DowngradeDetected;
  if (of.endsWith(WRONG) || of.endsWith(SKIPPED))
    return height >= 30 ? ShutdownReason.UpgradeRequired : undefined;
  return onePlan(of, height);
};

/** How much later by its clock each controller begins: what the one before claimed has lapsed by then. */
const RESTART_MS = 5_000;

/**
 * Plays one run with every kind of halt, kills the controller as told and starts another each time, and waits
 * until every halt has ended.
 */
export async function playWithKills(kills: readonly Kill[]): Promise<Outcome> {
  const pager = await PageReceiver.start();
  const cluster = new FakeCluster(behave);
  const left = [...kills];
  let starts = 0;
  const create = () => {
    const late = RESTART_MS * starts++;
    return new TestController(cluster, { onBoundary: killer(left), now: () => Date.now() + late });
  };
  let controller = create();
  await controller.start();
  try {
    await setStage(cluster, pager);
    await until(
      "every halt to end",
      () => {
        if (controller.killed) {
          const dead = controller;
          void dead.stop();
          controller = create();
          void controller.start().catch(() => {});
        }
        if (
          cluster
            .halts()
            .filter(isSwapping)
            .some(({ status }) => status?.phase === "Recovering")
        )
          cluster.reach(cluster.height + 1);
        const halts = cluster.halts();
        const isPaged = ({ spec, status }: NodeHalt) =>
          spec.podName === "skip-0" && status?.page?.state === "Sent";
        if (halts.some(isPaged)) cluster.restart("skip-0");
        const ends = halts.map(({ status }) => status?.phase).toSorted();
        const told = halts.filter(({ status }) => status?.page?.state === "Sent").length;
        const over = halts.filter(({ status }) => status?.page?.state === "Resolved").length;
        return told === 2 && over === EXPECTED.resolved.length && ends.join() === ENDS.join();
      },
      { explain: () => cluster.halts().map(describe).join("\n") },
    );
    return outcomeOf(cluster, pager, kills.length - left.length);
  } finally {
    await controller.stop().catch(() => {});
    await pager.stop();
  }
}

function describe({ spec, status }: NodeHalt): string {
  return `${spec.podName}: ${status?.phase} ${status?.reason} (${status?.message}), page ${status?.page?.state}`;
}

async function setStage(cluster: FakeCluster, pager: PageReceiver): Promise<void> {
  await cluster.addPolicy({
    upgrades: [
      { planName: "v6.7", height: 30, image: image("v6.7") },
      { planName: WRONG_PLAN, height: 30, image: image(`v6.7${WRONG}`) },
    ],
    maxConcurrent: 1,
    errorBudget: 2,
    paging: [{ webhook: { url: pager.url } }],
  });
  await cluster.addNode("new", "v6.7");
  await until("its image to be recorded", () => {
    cluster.reach(Math.min(cluster.height + 1, 28));
    return cluster.records().some(({ status }) => status?.images?.length === 1);
  });
  for (const name of ["sei-0", "sei-1"]) await cluster.addNode(name);
  await cluster.addNode("bad", `v6.6${WRONG}`);
  await cluster.addNode("skip", `v6.6${SKIPPED}`);
  await until("every node to be recorded", () => cluster.records().length === 5);
  await cluster.api.jsonPatch("/apis/apps/v1/namespaces/sei/statefulsets/new", [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.8") },
  ]);
  cluster.api.drop("/api/v1/namespaces/sei/pods/new-0");
  await cluster.addNode("low", "v6.5");
  cluster.reach(30);
}

/** Kills at whichever of the kills that are left comes first, and takes it off the list. */
function killer(left: Kill[]): (boundary: Boundary, kill: () => void) => void {
  const passed = new Map<Boundary, number>();
  return (boundary, kill) => {
    const times = (passed.get(boundary) ?? 0) + 1;
    passed.set(boundary, times);
    const index = left.findIndex(({ at, passing }) => at === boundary && passing === times);
    if (index < 0) return;
    left.splice(index, 1);
    kill();
  };
}

function outcomeOf(cluster: FakeCluster, pager: PageReceiver, kills: number): Outcome {
  // A wait of a moment lasts minutes by clocks that go on by five seconds at each kill: whether it is told of depends on the machine.
  const bodies = pager.received
    .map(({ body }) => JSON.parse(body) as ToldPage)
    .filter(({ reason }) => reason !== "NodeStarting");
  const told = (wanted: ToldPage["state"]) => {
    const pages = bodies.filter(({ state }) => state === wanted);
    const byKey = new Map(pages.map(({ key, reason, pod }) => [key, `${reason} ${pod}`]));
    return [...byKey.values()].toSorted();
  };
  return {
    kills,
    phases: cluster
      .halts()
      .map(({ spec, status }) => `${spec.podName} ${status?.phase}`)
      .toSorted(),
    imagesSet: cluster.imagesSet.toSorted(),
    podsDeleted: cluster.podsDeleted.length,
    pages: told("firing"),
    resolved: told("resolved"),
  };
}

interface ToldPage {
  readonly key: string;
  readonly reason: string;
  readonly pod: string;
  readonly state: "firing" | "resolved";
}
