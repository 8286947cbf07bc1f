import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { API_VERSION } from "./api/group.ts";
import { collectionPath, NODE_HALTS, objectPath } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { haltWith } from "./testing/observations.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const { spec } = haltWith({ podUID: "another" });
const page = { key: "k", reason: "X", summary: "x", at: "2026-08-21T10:00:00Z", attempts: 1, state: "Sent" };

test.each([
  ["without a spec", {}, undefined],
  ["with a page that nobody can be told of", { spec }, { phase: "Held", page }],
  ["with former pages that are no list", { spec }, { phase: "Held", formerPages: {} }],
  ["with steps and conditions that are no lists", { spec }, { phase: "Held", steps: {}, conditions: {} }],
])(
  "a NodeHalt %s, as a definition of before may have taken it, is in no node's way",
  async (_, body, status) => {
    const [cluster, pager] = [new FakeCluster(), await PageReceiver.start()];
    await cluster.addPolicy({ paging: [{ alertmanager: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    const metadata = { name: "odd", namespace: NAMESPACE };
    const odd = { apiVersion: API_VERSION, kind: "NodeHalt", metadata, ...body };
    await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), odd);
    if (status !== undefined)
      await cluster.api.mergePatch(objectPath(NODE_HALTS, NAMESPACE, "odd", "status"), { status });
    const controller = new TestController(cluster);
    undo.push(
      () => pager.stop(),
      () => controller.stop(),
    );

    await controller.start();
    cluster.height = 29;
    await until("its record", () => cluster.records().length === 1);
    cluster.reach(30);

    await until("the swap", () => cluster.imagesSet.includes(`sei-0 ${image("v6.7")}`));
    expect(await controller.metrics.registry.metrics()).toContain("upgrade_halt");
  },
);
