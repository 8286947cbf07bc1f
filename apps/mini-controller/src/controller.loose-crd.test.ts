import { PageReceiver, until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { API_VERSION } from "./api/group.ts";
import { type NodeHalt, projectHalt } from "./api/node-halt.ts";
import { collectionPath, NODE_HALTS, objectPath } from "./kube/paths.ts";
import { CONTAINER, FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { haltWith } from "./testing/observations.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const { spec } = haltWith({ podUID: "another" });
const OF_POD = haltWith({ podName: "sei-0-0", container: CONTAINER, image: image("v6.6") }).spec;
const page = { key: "k", reason: "X", summary: "x", at: "2026-08-21T10:00:00Z", attempts: 1, state: "Sent" };

test.each([
  ["without a spec", {}, undefined],
  ["with a page that nobody can be told of", { spec }, { phase: "Held", page }],
  ["with former pages that are no list", { spec }, { phase: "Held", formerPages: {} }],
  ["with a page that is null", { spec }, { phase: "Held", page: null }],
  ["with former pages that are null", { spec }, { phase: "Held", formerPages: [null], page: null }],
  ["with steps and conditions that are null", { spec }, { phase: "Held", steps: [null], conditions: [null] }],
  ["without sources", { spec: { ...spec, sources: undefined } }, undefined],
  ["of the node's pod, without sources", { spec: { ...OF_POD, sources: undefined } }, undefined],
  ["of the node's pod, with sources that are null", { spec: { ...OF_POD, sources: null } }, { seen: null }],
  ["of the node's pod, seen without sources", { spec: OF_POD }, { phase: "Held", seen: { at: page.at } }],
  ["with steps and conditions that are no lists", { spec }, { phase: "Held", steps: {}, conditions: {} }],
])(
  "a NodeHalt %s, as a definition of before may have taken it, is in no node's way",
  async (_, body, status) => {
    const [cluster, pager] = [new FakeCluster(), await PageReceiver.start()];
    await cluster.addPolicy({ paging: [{ alertmanager: { url: pager.url } }] });
    await cluster.addNode("sei-0");
    const metadata = { name: "odd", namespace: NAMESPACE };
    const odd = { apiVersion: API_VERSION, kind: "NodeHalt", metadata, ...body };
    const stored = await cluster.api.create(collectionPath(NODE_HALTS, NAMESPACE), odd);
    if (status !== undefined)
      await cluster.api.replace(objectPath(NODE_HALTS, NAMESPACE, "odd", "status"), { ...stored, status });
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

test.each([undefined, null, {}])(
  "a NodeHalt whose sources are %s is kept with none, and not seen",
  (sources) => {
    const halt = {
      ...haltWith(),
      spec: { ...spec, sources },
      status: { phase: "Held", reason: null, seen: { sources } },
    };
    const kept = projectHalt(halt as unknown as NodeHalt);
    expect(kept.spec).toEqual({ ...spec, sources: [] });
    expect(kept.status).toEqual({ phase: "Held" });
  },
);
