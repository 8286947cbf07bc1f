import { until } from "@upgrade-halt/testing";
import { afterEach, expect, test } from "vitest";
import type { HaltPolicy } from "./api/halt-policy.ts";
import { HALT_POLICIES, objectPath } from "./kube/paths.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { TestController } from "./testing/test-controller.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test("the status of a policy wakes none of its pods, its spec all of them", async () => {
  const cluster = new FakeCluster(() => undefined);
  await cluster.addPolicy();
  const names = Array.from({ length: 9 }, (_, index) => `sei-${index}`);
  for (const name of names) await cluster.addNode(name);
  const controller = await new TestController(cluster).start();
  undo.push(() => controller.stop());
  const reconciled = async (kind: "pod" | "policy") => {
    const { values } = await controller.metrics.reconciles.get();
    return values.find(({ labels }) => labels.kind === kind && labels.outcome === "done")?.value ?? 0;
  };
  const path = objectPath(HALT_POLICIES, "sei", "sei");
  const counted = async (pods: number) => (await cluster.api.get<HaltPolicy>(path)).status?.pods === pods;
  await until("its pods to be counted", () => counted(names.length));
  const [pods, policies] = [await reconciled("pod"), await reconciled("policy")];
  await cluster.api.mergePatch(`${path}/status`, { status: { pods: 0 } });
  await until("its status to be put right", () => counted(names.length));
  await until("the policy to be reconciled", async () => (await reconciled("policy")) > policies);
  expect(await reconciled("pod")).toBe(pods);
  await cluster.api.mergePatch(path, { spec: { paused: true } });
  await until("each pod to be reconciled", async () => (await reconciled("pod")) >= pods + names.length);
});
