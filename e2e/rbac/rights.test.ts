import { grantedRights, neededRight } from "@upgrade-halt/mini-controller/testing/rights";
import { until } from "@upgrade-halt/testing";
import { expect, inject } from "vitest";
import { type ProxiedRequest, startFaultProxy } from "../faults/fault-proxy.ts";
import { startControllerWith } from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import {
  createSeiNetwork,
  createSeiNode,
  deploySeiNode,
  SEI_NETWORK_TARGET,
  SEI_NODE_TARGET,
  startSeiController,
  startSeiNetworks,
} from "../harness/fixtures/sei-nodes.ts";
import { createHaltingNode, letGoOn, letHalt } from "../harness/halting-node.ts";
import { allowLogs } from "../harness/log-rights.ts";
import { haltOf, haltsIn, untilPast, untilRecorded } from "../harness/observe.ts";
import {
  changePlans,
  changePolicy,
  createDeployedNode,
  createNode,
  createPolicy,
  deployNode,
  removePolicy,
  setPlans,
} from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { World } from "../harness/world.ts";

const PLAN_HEIGHT = 10;

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** What RBAC is asked about a request. */
function rightOf({ method, path, isWatch }: ProxiedRequest): string {
  const reading = (named: boolean) => (named ? "get" : "list");
  return neededRight(path.split("?")[0] ?? "", isWatch ? "watch" : (VERBS[method] ?? reading));
}

/** Starts the controller as its Deployment does, behind a proxy that sees what it asks for. */
async function startSeen(world: World): Promise<() => readonly ProxiedRequest[]> {
  const proxy = await startFaultProxy(inject("kubeconfig"));
  world.cleanup.add(() => proxy.stop());
  await startControllerWith(world, { server: proxy.url, flags: ["--leader-elect"] });
  let conflicts = 1;
  proxy.inject(({ method, path }) => {
    if (method !== "PUT" || !path.includes("/nodehalts/") || conflicts === 0) return undefined;
    // As by another writer: the journal is then read anew.
    conflicts -= 1;
    return { kind: "answer", status: 409 };
  });
  return () => proxy.requests();
}

/** A node of a StatefulSet that is swapped. */
async function upgrade(world: World): Promise<void> {
  await createPolicy(world, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await createHaltingNode(world, "set", { version: "v6.6" });
  await createNode(world, "silent", {
    version: "v6.6",
    args: ["--legacy", "panic"],
    terminationMessagePolicy: "File",
  });
  await haltOf(world, "set", "Recovered");
  await forget(world, "set-0");
  await removePolicy(world);
}

/** Has the one journal deleted that there is of a pod: its policy keeps none, and no record makes it matter for a rollback. */
async function forget(world: World, pod: string): Promise<void> {
  const kind = { group: "upgrade-halt.dev", version: "v1alpha1", namespace: world.namespace } as const;
  await world.api.custom.deleteNamespacedCustomObject({ ...kind, plural: "noderecords", name: pod });
  await changePolicy(world, { successfulHaltsHistoryLimit: 0 });
  await until(
    "its journal to be deleted",
    async () => (await haltsIn(world)).every(({ spec }) => spec.podName !== pod),
    { within: 60_000 },
  );
}

/** A node of a Deployment that is paged about and rolled back. */
async function rollBackDeployment(world: World): Promise<void> {
  await createPolicy(world, { target: { kind: "Deployment" } });
  await createDeployedNode(world, "deployment", { version: "v6.6" });
  await until("the node to be available", async () => {
    const which = { namespace: world.namespace, name: "deployment" };
    return (await world.api.apps.readNamespacedDeployment(which)).status?.availableReplicas === 1;
  });
  await untilRecorded(world, "deployment", imageOf("v6.6"));
  await deployNode(world, "deployment", imageOf("v6.7"));
  await haltOf(world, "deployment", "Recovered");
  await removePolicy(world);
}

/** A SeiNode that is rolled back. */
async function rollBackSeiNode(world: World): Promise<void> {
  await createPolicy(world, { target: SEI_NODE_TARGET });
  await createSeiNode(world, "custom", "v6.6");
  await letGoOn(world, "custom");
  await untilPast(world, "custom", PLAN_HEIGHT);
  await untilRecorded(world, "custom-0", imageOf("v6.6"));
  await deploySeiNode(world, "custom", imageOf("v6.7"));
  await haltOf(world, "custom", "Recovered");
}

/** A SeiNetwork that is set for the SeiNode under it. */
async function upgradeSeiNetwork(world: World): Promise<void> {
  await createPolicy(world, {
    target: SEI_NETWORK_TARGET,
    upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }],
  });
  const network = await createSeiNetwork(world, "net", "v6.6");
  await createSeiNode(world, "owned", "v6.6", [network]);
  await letHalt(world, "owned", PLAN_HEIGHT);
  await haltOf(world, "owned", "Recovered");
  await removePolicy(world);
}

scenario(
  "each right that the manifests give the ServiceAccount is used, and it asks for no other",
  ["RIGHTS", "CONTROLLER-RIGHTS"],
  async (world) => {
    await allowLogs(world);
    const requests = await startSeen(world);
    await setPlans(world, planAt("v6.7", PLAN_HEIGHT));
    startSeiController(world, { holdAt: [PLAN_HEIGHT] });
    startSeiNetworks(world, 500);
    await upgrade(world);
    await upgradeSeiNetwork(world);
    await changePlans(world, planAt("v6.7", 1_000_000));
    await rollBackDeployment(world);
    await rollBackSeiNode(world);

    expect(requests().filter(({ status }) => status === 401 || status === 403)).toEqual([]);
    await until(
      "as many rights to be used as are given",
      () => new Set(requests().map(rightOf)).size >= grantedRights().length,
      { within: 60_000, explain: () => [...new Set(requests().map(rightOf))].toSorted().join("\n") },
    );
    expect([...new Set(requests().map(rightOf))].toSorted()).toEqual(grantedRights());
  },
);
