import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { objectPath, PODS } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, NAMESPACE, onePlan } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A node's pod that halted on chain `test` is made anew from the same image and data of chain `other`. */
async function held() {
  const cluster = new FakeCluster(onePlan);
  const where = { chain: "test" };
  const read = cluster.readNode;
  Object.assign(cluster, {
    readNode: async (url: string) => {
      const result = await read(url);
      return result.kind === "ok" ? { ...result, node: { ...result.node, chainId: where.chain } } : result;
    },
  });
  const receiver = await PageReceiver.start();
  undo.push(() => receiver.stop());
  await cluster.addPolicy({ paused: true, paging: [{ webhook: { url: receiver.url } }] });
  await cluster.addNode("sei-0");
  cluster.height = 29;
  const start = async () => {
    const controller = await new TestController(cluster).start();
    undo.push(() => controller.stop());
    return controller;
  };
  const controller = await start();
  await until("the node to be recorded", () => cluster.records()[0]?.status?.chainId === "test");
  cluster.reach(30);
  await until("the halt to be held", () => cluster.halts().some(({ status }) => status?.reason === "Paused"));
  return { cluster, where, controller, start };
}

test("a halt on another chain is not taken for the one on record: no image of the policy's chain is set for it", async () => {
  const { cluster, where } = await held();
  where.chain = "other";
  cluster.height = 10;
  cluster.statusReads.clear();
  cluster.api.drop(objectPath(PODS, NAMESPACE, "sei-0-0"));
  await cluster.changePolicy({ paused: false });
  await until("the other chain to be recorded", () => cluster.records()[0]?.status?.chainId === "other");
  expect([cluster.imagesSet, cluster.halts().length]).toEqual([[], 1]);

  cluster.reach(30);

  const next = await until("its halt to be told of", () =>
    cluster.halts().find(({ status }) => status?.reason === "OtherChain"),
  );
  expect(next.spec.podUID).toBe(cluster.pods()[0]?.metadata.uid);
  expect([cluster.imagesSet, cluster.podsDeleted.length]).toEqual([[], 1]);
  // One page about one node.
  const before = await until("the halt of before to be over", () =>
    cluster.halts().find(({ status }) => status?.phase === "Withdrawn"),
  );
  expect(before.status?.message).toContain(
    `is on chain other, and halted there: NodeHalt ${next.metadata.name}`,
  );
});

test("a halt at another height than the one on record is not taken for it", async () => {
  const { cluster, controller, start } = await held();
  await controller.stop();
  cluster.behave = () => undefined;
  cluster.unread = true;
  cluster.api.drop(objectPath(PODS, NAMESPACE, "sei-0-0"));
  await cluster.changePolicy({ paused: false });
  await until("the new pod", () => cluster.pods()[0]?.status?.containerStatuses?.[0]?.state?.running);
  cluster.height = 50;
  const message = 'upgrade_required\nUPGRADE "v6.7" NEEDED at height: 50: \n';
  const state = { terminated: { exitCode: 70, reason: "Error", message } };
  const [container] = cluster.pods()[0]?.status?.containerStatuses ?? [];
  await cluster.api.mergePatch(objectPath(PODS, NAMESPACE, "sei-0-0", "status"), {
    status: {
      containerStatuses: [{ ...container, name: CONTAINER, state }],
    },
  });
  await start();
  const next = await until("its halt to be told of", () =>
    cluster.halts().find(({ spec, status }) => spec.height === 50 && status?.reason !== undefined),
  );
  expect(next.status?.reason).toBe("ListedForAnotherHeight");
  expect(cluster.imagesSet).toEqual([]);
});
