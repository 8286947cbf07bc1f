import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { FakeCluster, image } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const webhook = ({ url }: PageReceiver) => ({ webhook: { url: `${url}/page` } });

/** A node that is held, which the first of two receivers has been paged for. */
async function paged() {
  const [first, second] = [await PageReceiver.start(), await PageReceiver.start()];
  const cluster = new FakeCluster();
  await cluster.addPolicy({ upgrades: [], paging: [webhook(first)] });
  await cluster.addNode("sei-0");
  const controller = await new TestController(cluster).start();
  undo.push(
    () => first.stop(),
    () => second.stop(),
    () => controller.stop(),
  );
  cluster.reach(30);
  await until("the page", () => cluster.halts()[0]?.status?.page?.state === "Sent");
  return { cluster, first, second };
}

test.each(["replaced by another", "taken out"])(
  "a receiver that was paged is told that it is over, although it is %s meanwhile",
  async (how) => {
    const { cluster, first, second } = await paged();
    await cluster.changePolicy({ paging: how === "taken out" ? [] : [webhook(second)] });
    await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 30, image: image("v6.7") }] });
    await until("the halt to be over, and its page", () => {
      cluster.reach(cluster.height + 1);
      return cluster.halts()[0]?.status?.page?.state === "Resolved";
    });
    expect(first.keys()).toHaveLength(1);
    expect(first.resolvedKeys()).toEqual(first.keys());
  },
);

test("a receiver that the policy names while a page stands is paged, too, and no other twice", async () => {
  const { cluster, first, second } = await paged();
  await cluster.changePolicy({ paging: [webhook(first), webhook(second)] });
  await until("the other page", () => second.keys().length === 1);
  expect(second.keys()).toEqual(first.keys());
  await until("that to be journaled", () => cluster.halts()[0]?.status?.page?.delivered.length === 2);
  expect([first.received.length, second.received.length]).toEqual([1, 1]);
});

test("a page that nobody was named for is taken back from a receiver that a killed controller sent it to, once another takes its place", async () => {
  const receiver = await PageReceiver.start();
  const cluster = new FakeCluster();
  await cluster.addPolicy({ upgrades: [], paging: [] });
  await cluster.addNode("sei-0");
  const first = await new TestController(cluster, {
    onBoundary: (boundary, kill) =>
      boundary === "before:confirm-page" && receiver.received.length > 0 && kill(),
  }).start();
  undo.push(
    () => receiver.stop(),
    () => first.stop(),
  );
  cluster.reach(30);
  await until("a page for nobody", () => cluster.halts()[0]?.status?.page?.state === "NoTarget");
  await cluster.changePolicy({ paging: [webhook(receiver)] });
  await until("the kill", () => first.killed);
  const [sent] = receiver.keys();
  await cluster.changePolicy({ upgrades: [{ planName: "v6.7", height: 31, image: image("v6.7") }] });

  let now = Date.now();
  const second = await new TestController(cluster, { now: () => now }).start();
  undo.push(() => second.stop());

  await until("the next page, and that the first is over", () => {
    now += 1_000;
    return receiver.resolvedKeys().length > 0 && receiver.keys().length === 2;
  });
  expect(receiver.resolvedKeys()).toEqual([sent]);
});
