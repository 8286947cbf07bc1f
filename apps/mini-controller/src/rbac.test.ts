import { PageReceiver, until } from "@upgrade-halt/testing";
import pino from "pino";
import { expect, test } from "vitest";
import { ControllerError } from "./controller-error.ts";
import { Fence } from "./kube/fence.ts";
import { LeaderElection } from "./kube/leader-election.ts";
import { createStores } from "./model/stores.ts";
import { HistoryCollector } from "./policies/history-collector.ts";
import { FakeCluster, NAMESPACE } from "./testing/fake-cluster.ts";
import { type Call, GuardedApi } from "./testing/guarded-api.ts";
import { haltWith, policyWith } from "./testing/observations.ts";
import { grantedRights, neededRight } from "./testing/rights.ts";
import { TestController } from "./testing/test-controller.ts";
import { Workloads } from "./workloads/workloads.ts";

async function playStories(): Promise<readonly Call[]> {
  const [cluster, pager] = [
    new FakeCluster((image) => (image.endsWith("v6.5") ? "panic" : image.endsWith("v6.8") ? 71 : 70)),
    await PageReceiver.start(),
  ];
  await cluster.addSecret("pager", { url: pager.url });
  await cluster.addPolicy({ paging: [{ webhook: { urlSecretRef: { name: "pager", key: "url" } } }] });
  await cluster.addNode("old", "v6.6");
  await cluster.addNode("new", "v6.8");
  await cluster.addNode("silent", "v6.5");
  const refusedOnce = new Set<string>();
  const controller = new TestController(cluster, {
    onCall: ({ verb, path }) => {
      if (verb === "update" && path.includes("/nodehalts/") && !refusedOnce.has(path)) {
        refusedOnce.add(path);
        throw new ControllerError("conflict", "another writer");
      }
    },
  });
  await controller.start();
  await until("a failed swap and a page about too new a binary", () => {
    const ends = cluster.halts().map(({ status }) => status?.page?.state === "Sent" && status.phase);
    return ends.includes("Failed") && ends.includes("Paged");
  });
  await controller.stop();
  await pager.stop();
  return controller.api.calls;
}

/** What the kinds of workload that no test above has ask for. */
async function readOtherWorkloads(api: GuardedApi, cluster: FakeCluster): Promise<void> {
  const custom = {
    apiVersion: "sei.io/v1alpha1",
    kind: "SeiNode",
    resource: "seinodes",
    imagePath: "spec.image",
    owner: { apiVersion: "sei.io/v1alpha1", kind: "SeiNetwork", resource: "seinetworks" },
  };
  const pod = {
    metadata: {
      name: "x-0",
      namespace: NAMESPACE,
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: "x-abc", uid: "u", controller: true },
      ],
    },
    spec: { containers: [] },
  };
  const workloads = new Workloads(api);
  const ref = (kind: string, apiVersion: string, resource: string) => ({
    kind,
    apiVersion,
    resource,
    name: "x",
  });
  const target = {
    namespace: NAMESPACE,
    container: "seid",
    policy: policyWith({ target: { kind: "CustomResource", customResource: custom } }),
  };
  const deployment = ref("Deployment", "apps/v1", "deployments");
  const ofDeployments = policyWith({ target: { kind: "Deployment" } });
  await workloads.ofPolicy(ofDeployments.spec).find(pod, undefined);
  await workloads.read({ ...target, policy: ofDeployments, ref: deployment });
  const seiNode = ref("SeiNode", "sei.io/v1alpha1", "seinodes");
  await workloads.read({ ...target, ref: seiNode });
  const seiNetwork = ref("SeiNetwork", "sei.io/v1alpha1", "seinetworks");
  await workloads.read({ ...target, ref: seiNetwork });
  for (const path of [
    "apps/v1/namespaces/sei/deployments/x",
    "sei.io/v1alpha1/namespaces/sei/seinodes/x",
    "sei.io/v1alpha1/namespaces/sei/seinetworks/x",
  ]) {
    await cluster.api.create(`/apis/${path.slice(0, -2)}`, {
      ...haltWith(),
      metadata: { name: "x", namespace: NAMESPACE },
    });
    await api.jsonPatch(`/apis/${path}`, []);
  }
}

/** Deletes a journal that its policy keeps no longer. */
async function forget(api: GuardedApi): Promise<void> {
  const stores = createStores();
  stores.halts.put(haltWith({}, { phase: "Recovered" }));
  const log = pino({ level: "silent" });
  const history = new HistoryCollector({ api, stores, isDeparting: () => false, log, now: Date.now });
  await history.collect(policyWith({ successfulHaltsHistoryLimit: 0 }));
}

async function lead(api: GuardedApi): Promise<void> {
  const [fence, stop] = [new Fence(10_000), new AbortController()];
  const options = {
    api,
    namespace: "upgrade-halt-system",
    name: "lease",
    identity: "a",
    fence,
    leaseMs: 15_000,
    retryMs: 1,
  };
  const election = new LeaderElection({ ...options, onProblem: () => {} });
  await election.acquire(stop.signal);
  stop.abort();
  await election.hold(stop.signal);
  await election.release();
}

test("the roles give every verb that is used, and none that is not", async () => {
  const cluster = new FakeCluster();
  const others = new GuardedApi(cluster.api);
  await readOtherWorkloads(others, cluster);
  await lead(others);
  await forget(others);
  const used = new Set(
    [...(await playStories()), ...others.calls].map(({ path, verb }) => neededRight(path, verb)),
  );
  expect([...used].toSorted()).toEqual(grantedRights());
});
