import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import { objectPath, PODS } from "./kube/paths.ts";
import { FakeCluster, image, NAMESPACE } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A node that was seen, with a second program in its pod that answers what `answer` is at port 36657. */
async function besideOf(name: string, ports: readonly object[], answer: object): Promise<FakeCluster> {
  const cluster = new FakeCluster();
  await cluster.addPolicy();
  await cluster.addNode("sei-0");
  const pod = await until("the pod", () => cluster.pods()[0]);
  const path = objectPath(PODS, NAMESPACE, "sei-0-0");
  const containers = [...pod.spec.containers, { name: "second", image: name, ports }];
  await cluster.api.mergePatch(path, { spec: { containers } });
  const second = {
    name: "second",
    restartCount: 0,
    state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
  };
  const containerStatuses = [...(cluster.pods()[0]?.status?.containerStatuses ?? []), second];
  await cluster.api.mergePatch(`${path}/status`, { status: { containerStatuses } });
  const { readNode } = cluster;
  Object.assign(cluster, {
    readNode: (url: string) =>
      url.includes(":36657/") ? Promise.resolve({ at: Date.now(), ...answer }) : readNode(url),
  });
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  await until("the node to be recorded", () => cluster.records().length === 1);
  cluster.reach(30);
  return cluster;
}

const NODE = {
  height: 12_000_000,
  chainId: "another-1",
  haltIntent: { kind: "absent" },
  validatorAddress: "AB",
};

test.each([
  [
    "of another program, at a port of another name",
    "registry/gaiad:v18",
    [{ name: "gaia-rpc", containerPort: 36657 }],
  ],
  ["of another program, at a port without a name", "registry/gaiad:v18", [{ containerPort: 36657 }]],
  [
    "at the last of many ports",
    "mirror/sei:v6.6",
    [1, 2, 3, 4, 5, 36657].map((containerPort) => ({ containerPort })),
  ],
  ["of its own image", image("v6.6"), [{ name: "rpc2", containerPort: 36657 }]],
])("a pod is not replaced while a second node in it answers, %s", async (_, name, ports) => {
  const cluster = await besideOf(name, ports, { kind: "ok", envelope: "bare", node: NODE });
  await until("it to be held", () => cluster.halts()[0]?.status?.reason === "StrangerNotKnown");
  expect(cluster.halts()[0]?.status?.message).toContain("container second of sei/sei-0-0");
  expect([cluster.imagesSet, cluster.podsDeleted]).toEqual([[], []]);
});

test.each([
  ["does not know /status", { kind: "not-a-status", problem: "404", httpStatus: 404 }],
  ["speaks no HTTP", { kind: "unreachable", problem: "socket hang up" }],
])("a program beside the node that %s holds nothing up", async (_, answer) => {
  const cluster = await besideOf("registry/exporter:v1", [{ containerPort: 36657 }], answer);
  await until("the swap", () => cluster.podsDeleted.length === 1);
});
