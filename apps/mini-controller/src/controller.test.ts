import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { isSwapping, type NodeHalt } from "./api/node-halt.ts";
import { FakeCluster, image, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(cluster: FakeCluster): Promise<TestController> {
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  return controller;
}

async function startPager(): Promise<PageReceiver> {
  const pager = await PageReceiver.start();
  undo.push(() => pager.stop());
  return pager;
}

function inPhase(cluster: FakeCluster, phase: string, reason?: string): readonly NodeHalt[] {
  return cluster
    .halts()
    .filter(({ status }) => status?.phase === phase && (reason === undefined || status.reason === reason));
}

const phases = (halt: NodeHalt | undefined) => halt?.status?.steps?.map(({ phase }) => phase);

describe("a controller", () => {
  test("swaps each halted node to the image listed for its plan, and sees it past the height", async () => {
    const cluster = new FakeCluster();
    await cluster.addPolicy();
    for (const name of ["sei-0", "sei-1", "sei-2"]) await cluster.addNode(name);
    await start(cluster);
    cluster.reach(30);
    await until("three Recovering", () => inPhase(cluster, "Recovering").length === 3);
    expect(inPhase(cluster, "Recovered")).toEqual([]);
    cluster.reach(31);
    await until("three Recovered", () => inPhase(cluster, "Recovered").length === 3);
    expect(cluster.imagesSet.toSorted()).toEqual(
      ["sei-0", "sei-1", "sei-2"].map((name) => `${name} ${image("v6.7")}`),
    );
    expect(cluster.podsDeleted).toHaveLength(3);
    expect(phases(cluster.halts()[0])).toEqual([
      "Detected",
      "Recorded",
      "Swapping",
      "Recreating",
      "Recovering",
      "Recovered",
    ]);
  });

  test("holds and pages a plan that nothing is listed for, until an image is", async () => {
    const [cluster, pager] = [new FakeCluster(), await startPager()];
    await cluster.addPolicy({ upgrades: [], paging: [{ webhook: { url: `${pager.url}/page` } }] });
    await cluster.addNode("sei-0");
    await start(cluster);
    cluster.reach(30);
    const halt = await until("a page sent", () =>
      inPhase(cluster, "Held").find(({ status }) => status?.page?.state === "Sent"),
    );
    expect(halt.status).toMatchObject({ reason: "ImageMappingMissing" });
    expect(halt.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Upgrading", status: "Unknown", reason: "ImageMappingMissing" }),
    );
    expect(cluster.imagesSet).toEqual([]);
    cluster.reach(40);
    await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
    await until("its page to be resolved", () =>
      inPhase(cluster, "Recovered").some(({ status }) => status?.page?.state === "Resolved"),
    );
    expect(pager.keys()).toHaveLength(1);
    expect(pager.resolvedKeys()).toEqual(pager.keys());
    expect(pager.received).toHaveLength(2);
  });

  test("pages a binary that is too new and rolls back to the image that ran before", async () => {
    const [cluster, pager] = [new FakeCluster(), await startPager()];
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0", "v6.7");
    await start(cluster);
    await until("its image to be recorded", () => {
      cluster.reach(Math.min(cluster.height + 1, 28));
      return cluster.records()[0]?.status?.images?.length === 1;
    });
    await setImage(cluster, "v6.8");
    await until("Recovering", () => inPhase(cluster, "Recovering").length === 1);
    await until("Recovered", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered").length === 1;
    });
    expect(cluster.halts()[0]?.status?.toImage).toMatch(/mock-node:v6\.7@sha256:[0-9a-f]{64}$/);
    expect(cluster.imagesSet).toEqual([`sei-0 ${image("v6.8")}`, `sei-0 ${image("v6.7")}`]);
    expect(pager.keys()).toHaveLength(1);
    expect(cluster.halts()[0]?.status?.action).toBe("RollBack");
  });

  test("rolls back to the image of the last upgrade, which it was seen to run", async () => {
    const cluster = new FakeCluster();
    await cluster.addPolicy();
    await cluster.addNode("sei-0");
    await start(cluster);
    cluster.reach(30);
    await until("the upgrade to be Recovered, and its image recorded", () => {
      cluster.reach(cluster.height + 1);
      const isRecorded = cluster.records()[0]?.status?.images?.[0]?.image === image("v6.7");
      return isRecorded && inPhase(cluster, "Recovered").length === 1;
    });
    await setImage(cluster, "v6.8");
    await until("its rollback", () => inPhase(cluster, "Recovering", "Recovering").length === 1);
    expect(cluster.imagesSet.at(-1)).toBe(`sei-0 ${image("v6.7")}`);
  });

  test("pages a downgrade and never restarts it", async () => {
    const [cluster, pager] = [new FakeCluster(() => 72), await startPager()];
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    await start(cluster);
    const halt = await until("Paged", () => inPhase(cluster, "Paged")[0]);
    expect(halt.spec.reason).toBe("downgrade_detected");
    expect(halt.status?.page).toMatchObject({ state: "Sent", attempts: 1 });
    expect(cluster.imagesSet).toEqual([]);
    expect(cluster.podsDeleted).toEqual([]);
    expect(pager.received).toHaveLength(1);
  });

  test("leaves a crash to the kubelet and counts it", async () => {
    const cluster = new FakeCluster(() => "crash");
    await cluster.addPolicy();
    await cluster.addNode("sei-0");
    await start(cluster);
    const counted = await until("the count", () => {
      const policy = cluster.api.objects.get(
        "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/haltpolicies/sei",
      );
      const status = policy?.status as { crashed?: number; restarts?: number } | undefined;
      return status?.crashed === 1 ? status : undefined;
    });
    expect(counted.restarts).toBe(1);
    expect(cluster.halts()).toEqual([]);
    expect(cluster.podsDeleted).toEqual([]);
  });

  test("does not try again when the new image halts for the same plan", async () => {
    const [cluster, pager] = [new FakeCluster(() => 70), await startPager()];
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    await start(cluster);
    const failed = await until("Failed", () => inPhase(cluster, "Failed")[0]);
    expect(failed.status?.reason).toBe("HaltedAgain");
    await until("the second Held", () => inPhase(cluster, "Held", "ImageDoesNotHelp").length === 1);
    expect(cluster.imagesSet).toHaveLength(1);
    expect(cluster.podsDeleted).toHaveLength(1);
  });

  test("keeps to maxConcurrent", async () => {
    const cluster = new FakeCluster(onePlan);
    await cluster.addPolicy({ maxConcurrent: 2 });
    let most = 0;
    const onWrite = cluster.api.onWrite;
    cluster.api.onWrite = (before, after) => {
      onWrite(before, after);
      most = Math.max(most, cluster.halts().filter(isSwapping).length);
    };
    for (let index = 0; index < 6; index += 1) await cluster.addNode(`sei-${index}`);
    await start(cluster);
    cluster.reach(30);
    await until("two Recovering and four waiting", () => {
      return (
        inPhase(cluster, "Recovering").length === 2 &&
        inPhase(cluster, "Recorded", "WaitingForSlot").length === 4
      );
    });
    expect(cluster.imagesSet).toHaveLength(2);
    cluster.reach(31);
    await until("six Recovered", () => inPhase(cluster, "Recovered").length === 6);
    expect(most).toBe(2);
  });

  test("journals and pages a halt once although its StatefulSet makes the pod again and again", async () => {
    const [cluster, pager] = [new FakeCluster(() => 72), await startPager()];
    cluster.failedPods = true;
    cluster.unread = true;
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    await start(cluster);
    await until(
      "Paged, and the last pod",
      () => inPhase(cluster, "Paged").length === 1 && cluster.podsMade === 8,
    );
    expect(cluster.halts()).toHaveLength(1);
    expect(pager.received).toHaveLength(1);
  });

  test("notes that a person put a paged node right, and takes the next halt for another one", async () => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.6") ? 72 : undefined));
    const pager = await startPager();
    await cluster.addPolicy({ paging: [{ webhook: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    await start(cluster);
    await until("Paged", () => inPhase(cluster, "Paged")[0]);
    await setImage(cluster, "v6.7");
    await until("Resolved", () => {
      cluster.reach(cluster.height + 1);
      return cluster.halts()[0]?.status?.conditions?.some(({ type }) => type === "Resolved");
    });
    await setImage(cluster, "v6.6");
    await until("a second page", () => pager.keys().length === 2);
    expect(cluster.halts()).toHaveLength(2);
    expect(pager.resolvedKeys()).toEqual(pager.keys().slice(0, 1));
  });

  test("records each halt of a pod whose image a person changes in place, and none of them twice", async () => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.6") ? 70 : undefined));
    await cluster.addPolicy({ upgrades: [] });
    await cluster.addNode("sei-0");
    const first = await start(cluster);
    await until("Held", () => inPhase(cluster, "Held").length === 1);
    const path = "/api/v1/namespaces/sei/pods/sei-0-0";
    const [pod] = cluster.pods();
    const ended = pod?.status?.containerStatuses?.[0]?.state;
    const runs = async (version: string, status: object) => {
      const op = { op: "replace", path: "/spec/containers/0/image", value: image(version) } as const;
      await cluster.api.jsonPatch(path, [op]);
      const containerStatuses = [{ name: "seid", lastState: ended, ...status }];
      await cluster.api.mergePatch(`${path}/status`, { status: { containerStatuses } });
    };
    await runs("v6.7", { restartCount: 1, state: { running: {} } });
    await until("the first to be over", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered", "RecoveredElsewhere").length === 1;
    });
    const crashed = { terminated: { exitCode: 2, reason: "Error", message: "" } };
    await first.stop();
    await runs("v6.7", { restartCount: 1, state: crashed });
    await start(cluster);
    await until("the crash to be seen", () => {
      const policy = cluster.api.objects.get(
        "/apis/upgrade-halt.dev/v1alpha1/namespaces/sei/haltpolicies/sei",
      );
      return (policy?.status as { crashed?: number } | undefined)?.crashed === 1;
    });
    const line = `UPGRADE "v6.8" NEEDED at height: 60: `;
    const again = { terminated: { exitCode: 70, reason: "Error", message: line } };
    await runs("v6.7", { restartCount: 2, state: again, lastState: crashed });
    await until("the second", () => inPhase(cluster, "Held").length === 1);
    expect(cluster.halts().map(({ spec }) => [spec.planName, spec.restartCount])).toEqual([
      ["v6.7", 0],
      ["v6.8", 2],
    ]);
    await runs("v6.8", { restartCount: 3, state: { running: {} }, lastState: again });
    await until("the second to be over", () => {
      cluster.reach(cluster.height + 1);
      return inPhase(cluster, "Recovered", "RecoveredElsewhere").length === 2;
    });
    expect(new Set(cluster.halts().map(({ spec }) => spec.podUID)).size).toBe(1);
    expect(cluster.halts()).toHaveLength(2);
    expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
  });

  test("sees that somebody else recovered a node that was held", async () => {
    const cluster = new FakeCluster();
    await cluster.addPolicy({ upgrades: [] });
    await cluster.addNode("sei-0");
    await start(cluster);
    cluster.reach(30);
    await until("Held", () => inPhase(cluster, "Held", "ImageMappingMissing")[0]);
    await setImage(cluster, "v6.7");
    cluster.reach(31);
    await until("Recovered", () => inPhase(cluster, "Recovered", "RecoveredElsewhere")[0]);
  });
});

/** What an operator does by hand: another image, and the pod made anew. */
async function setImage(cluster: FakeCluster, version: string): Promise<void> {
  await cluster.api.jsonPatch("/apis/apps/v1/namespaces/sei/statefulsets/sei-0", [
    { op: "replace", path: "/spec/template/spec/containers/0/image", value: image(version) },
  ]);
  cluster.api.drop("/api/v1/namespaces/sei/pods/sei-0-0");
}

describe("a controller of all namespaces", () => {
  const podIn = (namespace: string) => ({
    kind: "Pod",
    metadata: { name: "other", namespace },
    spec: { containers: [] },
  });

  test("keeps the pods of namespaces that have a policy, those with folders of machines, and no others", async () => {
    const cluster = new FakeCluster();
    await cluster.api.create("/api/v1/namespaces/elsewhere/pods", podIn("elsewhere"));
    const folder = { name: "keys", hostPath: { path: "/keys" } };
    await cluster.api.create("/api/v1/namespaces/elsewhere/pods", {
      kind: "Pod",
      metadata: { name: "folder", namespace: "elsewhere" },
      spec: { containers: [], volumes: [folder] },
    });
    await cluster.addNode("sei-0");
    await until("the pod", () => cluster.pods().length === 1);
    const { controller } = await start(cluster);
    expect(controller.podsKept).toEqual(["elsewhere/folder"]);
    await cluster.addPolicy();
    await until("its pods", () => controller.podsKept.length === 2);
    expect(controller.podsKept.toSorted()).toEqual(["elsewhere/folder", "sei/sei-0-0"]);
    await cluster.api.create("/api/v1/namespaces/elsewhere/pods", {
      ...podIn("elsewhere"),
      metadata: { name: "later", namespace: "elsewhere" },
    });
    cluster.reach(30);
    await until("the new pod", () => cluster.podsDeleted.length === 1 && controller.podsKept.length === 2);
    expect(controller.podsKept.toSorted()).toEqual(["elsewhere/folder", "sei/sei-0-0"]);
  });
});
