import { isSwapping } from "../api/node-halt.ts";
import { BOUNDARIES, type Boundary } from "../halts/boundary.ts";
import { FakeCluster, image, onePlan } from "./fake-cluster.ts";
import { PageReceiver } from "./page-receiver.ts";
import { TestController } from "./test-controller.ts";
import { until } from "./wait.ts";

/** Where a story kills its controllers, one after the other: at the n-th passing of a boundary. */
export interface Kill {
  readonly at: Boundary;
  readonly passing: number;
}

/** What the world looks like after a story: the counts by which losing and doubling show. */
export interface Outcome {
  readonly kills: number;
  readonly phases: readonly string[];
  readonly imagesSet: readonly string[];
  readonly podsDeleted: number;
  readonly pages: readonly string[];
}

/** Ends that every kill must lead to: two upgrades, a rollback, a downgrade that is left alone. */
export const EXPECTED: Omit<Outcome, "kills"> = {
  phases: ["low-0 Paged", "new-0 Recovered", "sei-0-0 Recovered", "sei-1-0 Recovered"],
  imagesSet: [
    `new ${image("v6.7")}`,
    `new ${image("v6.8")}`,
    `sei-0 ${image("v6.7")}`,
    `sei-1 ${image("v6.7")}`,
  ],
  podsDeleted: 4,
  pages: ["BinaryTooNew new-0", "DowngradeDetected low-0"],
};

/**
 * Plays one story with every kind of halt, kills the controller as told and starts another each time, and waits
 * until every halt has ended.
 */
export async function playWithKills(kills: readonly Kill[]): Promise<Outcome> {
  const pager = await PageReceiver.start();
  const cluster = new FakeCluster((of, height) => (of.endsWith("v6.5") ? 72 : onePlan(of, height)));
  await setStage(cluster, pager);
  const left = [...kills];
  let controller = await begin(cluster, left);
  try {
    await until("every halt to end", () => {
      if (controller.killed) {
        const dead = controller;
        void dead.stop();
        controller = new TestController(cluster, { onBoundary: killer(left) });
        void controller.start().catch(() => {});
      }
      if (
        cluster
          .halts()
          .filter(isSwapping)
          .some(({ status }) => status?.phase === "Recovering")
      )
        cluster.reach(cluster.height + 1);
      const phases = cluster.halts().map(({ status }) => status?.phase ?? "");
      return (
        phases.length === 4 &&
        phases.every((phase) => ["Recovered", "Paged"].includes(phase)) &&
        pager.keys().length === 2
      );
    });
    return outcomeOf(cluster, pager, kills.length - left.length);
  } finally {
    await controller.stop().catch(() => {});
    await pager.stop();
  }
}

async function setStage(cluster: FakeCluster, pager: PageReceiver): Promise<void> {
  await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
  await cluster.addNode("new", "v6.7");
  await until("the pod", () => cluster.pods().length === 1);
  await cluster.api.jsonPatch("/apis/apps/v1/namespaces/sei/statefulsets/new", [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.8") },
  ]);
  await until("its revision", () => [...cluster.api.objects.keys()].some((key) => key.endsWith("/new-2")));
  cluster.api.drop("/api/v1/namespaces/sei/pods/new-0");
  for (const name of ["sei-0", "sei-1"]) await cluster.addNode(name);
  await cluster.addNode("low", "v6.5");
  cluster.reach(30);
  await until("four halted pods", () => {
    return (
      cluster.pods().filter(({ status }) => status?.containerStatuses?.[0]?.state?.terminated).length === 4
    );
  });
}

async function begin(cluster: FakeCluster, left: Kill[]): Promise<TestController> {
  const controller = new TestController(cluster, { onBoundary: killer(left) });
  await controller.start();
  return controller;
}

/** Kills at the first of the kills that are left, and takes it off the list. */
function killer(left: Kill[]): (boundary: Boundary, kill: () => void) => void {
  let passed = 0;
  return (boundary, kill) => {
    const [next] = left;
    if (next?.at !== boundary) return;
    passed += 1;
    if (passed < next.passing) return;
    left.shift();
    kill();
  };
}

function outcomeOf(cluster: FakeCluster, pager: PageReceiver, kills: number): Outcome {
  const pages = pager.received.map(({ body }) => JSON.parse(body) as { reason: string; pod: string });
  return {
    kills,
    phases: cluster
      .halts()
      .map(({ spec, status }) => `${spec.podName} ${status?.phase}`)
      .toSorted(),
    imagesSet: cluster.imagesSet.toSorted(),
    podsDeleted: cluster.podsDeleted.length,
    pages: [...new Set(pages.map(({ reason, pod }) => `${reason} ${pod}`))].toSorted(),
  };
}

/** Boundaries that the story passes; the other phases are reached in other stories only. */
export const PASSED: readonly Boundary[] = BOUNDARIES.filter(
  (boundary) => !/journal-(Detected|Recorded|Failed)$/.test(boundary),
);
