import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import { FakeCluster, image } from "./testing/fake-cluster.ts";
import { TestController, type TestControllerOptions } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A receiver that takes every request and answers none. */
async function startSilent(): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer(() => {
    asked += 1;
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

async function start(cluster: FakeCluster, options: TestControllerOptions = {}): Promise<void> {
  const controller = await new TestController(cluster, options).start();
  undo.push(() => controller.stop());
}

/** So many nodes that go down for a person to see to, each with a page. */
async function addLost(cluster: FakeCluster, count: number): Promise<void> {
  cluster.unread = true;
  for (let index = 0; index < count; index += 1) await cluster.addNode(`low-${index}`, "v6.5");
  await until("every pod to have ended", () => {
    const ended = cluster.pods().filter((pod) => pod.status?.containerStatuses?.[0]?.state?.terminated);
    return ended.length === count;
  });
}

const behave = (of: string, height: number) => {
  if (of.endsWith("v6.5")) return 72;
  return of.endsWith("v6.6") && height >= 30 ? 70 : undefined;
};

describe("a receiver that never answers", () => {
  test("holds up no swap, not even one of its own policy", async () => {
    const [cluster, silent] = [new FakeCluster(behave), await startSilent()];
    await cluster.addPolicy({ paging: [{ webhook: { url: silent.url } }] });
    await addLost(cluster, 100);
    await cluster.addNode("sei");
    await start(cluster);
    await until("the receiver to be asked", () => silent.asked() > 0);
    await until("the node to be read", () => cluster.statusReads.has("sei-0"));
    cluster.reach(30);
    await until("the swap", () => cluster.imagesSet.includes(`sei ${image("v6.7")}`));
    expect(silent.asked()).toBeLessThan(100);
  });

  test("makes a page late at none of the policy's other targets", async () => {
    const [cluster, silent, pager] = [
      new FakeCluster(behave),
      await startSilent(),
      await PageReceiver.start(),
    ];
    undo.push(() => pager.stop());
    await cluster.addPolicy({ paging: [{ webhook: { url: silent.url } }, { webhook: { url: pager.url } }] });
    await addLost(cluster, 60);
    await start(cluster);
    await until("every page", () => pager.keys().length === 60);
    expect(silent.asked()).toBeLessThan(60);
  });

  test("keeps no page from the policy's other targets, however many it never hears of the end of", async () => {
    const [dead, pager] = [await PageReceiver.start(), await PageReceiver.start()];
    undo.push(
      () => dead.stop(),
      () => pager.stop(),
    );
    dead.status = 410;
    const cluster = new FakeCluster();
    const paging = [{ webhook: { url: dead.url } }, { webhook: { url: pager.url } }];
    await cluster.addPolicy({ upgrades: [], paging });
    await cluster.addNode("sei-0");
    let ahead = 0;
    await start(cluster, { now: () => Date.now() + ahead });
    cluster.reach(30);
    for (let pages = 1; pages <= 12; pages += 1) {
      await until(`page ${pages}`, () => pager.keys().length === pages);
      const wrong = [{ planName: "v6.7", height: 31, image: image("v6.7") }];
      const before = cluster.halts()[0]?.status?.reason;
      await cluster.changePolicy({ upgrades: pages % 2 === 0 ? [] : wrong });
      await until("another reason", () => cluster.halts()[0]?.status?.reason !== before);
      // Longer than any page stands that another takes the place of.
      ahead += 7_200_000;
      await cluster.changePolicy({ recoveryTimeoutSeconds: 600 + pages });
    }
    expect(cluster.halts()[0]?.status?.formerPages).toHaveLength(8);
  });

  test("is told before a rollback is made, and then holds it up for seconds at most", async () => {
    const cluster = new FakeCluster((of) => (of.endsWith("v6.8") ? 71 : undefined));
    const silent = await startSilent();
    await cluster.addPolicy({ paging: [{ webhook: { url: silent.url } }] });
    await cluster.addNode("sei", "v6.7");
    await start(cluster);
    await until("its image to be recorded", () => {
      cluster.reach(Math.min(cluster.height + 1, 28));
      return cluster.records().some(({ status }) => status?.images?.length === 1);
    });
    await cluster.api.jsonPatch("/apis/apps/v1/namespaces/sei/statefulsets/sei", [
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: image("v6.8") },
    ]);
    cluster.api.drop("/api/v1/namespaces/sei/pods/sei-0");
    let askedBefore = 0;
    const { onWrite } = cluster.api;
    cluster.api.onWrite = (before, after) => {
      onWrite(before, after);
      if (cluster.imagesSet.length === 2 && askedBefore === 0) askedBefore = silent.asked();
    };
    await until("the rollback", () => cluster.imagesSet.length === 2);
    expect(cluster.imagesSet.at(-1)).toBe(`sei ${image("v6.7")}`);
    expect(askedBefore).toBe(1);
  });
});
