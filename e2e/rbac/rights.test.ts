import { grantedRights, neededRight } from "@upgrade-halt/mini-controller/testing/rights";
import { until } from "@upgrade-halt/testing";
import { expect, inject } from "vitest";
import { type ProxiedRequest, startFaultProxy } from "../faults/fault-proxy.ts";
import { connect } from "../harness/api.ts";
import { controllerKubeconfig, startControllerWith } from "../harness/controller.ts";
import { allow, allowLogs } from "../harness/controller-rights.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import {
  createSeiNetwork,
  createSeiNode,
  deploySeiNode,
  SEI_NETWORK_TARGET,
  SEI_NODE_TARGET,
  startSei,
} from "../harness/fixtures/sei-nodes.ts";
import { createHaltingNode, letGoOn, letHalt } from "../harness/halting-node.ts";
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
import type { Testbed } from "../harness/testbed.ts";

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
async function startSeen(testbed: Testbed): Promise<() => readonly ProxiedRequest[]> {
  const proxy = await startFaultProxy(inject("kubeconfig"));
  testbed.cleanup.add(() => proxy.stop());
  await startControllerWith(testbed, { server: proxy.url, flags: ["--leader-elect"] });
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
async function upgrade(testbed: Testbed): Promise<void> {
  await createPolicy(testbed, { upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }] });
  await createHaltingNode(testbed, "set", { version: "v6.6" });
  await createNode(testbed, "silent", {
    version: "v6.6",
    args: ["--legacy", "panic"],
    terminationMessagePolicy: "File",
  });
  await haltOf(testbed, "set", "Recovered");
  await forget(testbed, "set-0");
  await removePolicy(testbed);
}

/** Has the one journal deleted that there is of a pod: its policy keeps none, and no record makes it matter for a rollback. */
async function forget(testbed: Testbed, pod: string): Promise<void> {
  await deleteRecord(testbed, pod);
  await changePolicy(testbed, { successfulHaltsHistoryLimit: 0 });
  await until("its journal to be deleted", async () =>
    (await haltsIn(testbed)).every(({ spec }) => spec.podName !== pod),
  );
}

/** Deletes a node's record as the controller, who is not asked to: admission lets nobody else, and no right of its own lets it. */
async function deleteRecord(testbed: Testbed, name: string): Promise<void> {
  const [group, plural] = ["upgrade-halt.dev", "noderecords"];
  await allow(testbed, "record-deleter", [{ apiGroups: [group], resources: [plural], verbs: ["delete"] }]);
  const { custom } = connect(await controllerKubeconfig(testbed));
  const { namespace } = testbed;
  await until("the record to be deleted", () =>
    custom.deleteNamespacedCustomObject({ group, version: "v1alpha1", namespace, plural, name }),
  );
}

/** A node of a Deployment that is paged about and rolled back. */
async function rollBackDeployment(testbed: Testbed): Promise<void> {
  await createPolicy(testbed, { target: { kind: "Deployment" } });
  await createDeployedNode(testbed, "deployment", { version: "v6.6" });
  await until("the node to be available", async () => {
    const which = { namespace: testbed.namespace, name: "deployment" };
    return (await testbed.api.apps.readNamespacedDeployment(which)).status?.availableReplicas === 1;
  });
  await untilRecorded(testbed, "deployment", imageOf("v6.6"));
  await deployNode(testbed, "deployment", imageOf("v6.7"));
  await haltOf(testbed, "deployment", "Recovered");
  await removePolicy(testbed);
}

/** A SeiNode that is rolled back. */
async function rollBackSeiNode(testbed: Testbed): Promise<void> {
  await createPolicy(testbed, { target: SEI_NODE_TARGET });
  await createSeiNode(testbed, "custom", "v6.6");
  await letGoOn(testbed, "custom");
  await untilPast(testbed, "custom", PLAN_HEIGHT);
  await untilRecorded(testbed, "custom-0", imageOf("v6.6"));
  await deploySeiNode(testbed, "custom", imageOf("v6.7"));
  await haltOf(testbed, "custom", "Recovered");
}

/** A SeiNetwork that is set for the SeiNode under it. */
async function upgradeSeiNetwork(testbed: Testbed): Promise<void> {
  await createPolicy(testbed, {
    target: SEI_NETWORK_TARGET,
    upgrades: [{ planName: "v6.7", image: imageOf("v6.7") }],
  });
  const network = await createSeiNetwork(testbed, "net", "v6.6");
  await createSeiNode(testbed, "owned", "v6.6", [network]);
  await letHalt(testbed, "owned", PLAN_HEIGHT);
  await haltOf(testbed, "owned", "Recovered");
  await removePolicy(testbed);
}

scenario(
  "each right that the manifests give the ServiceAccount is used, and it asks for no other",
  ["RIGHTS", "CONTROLLER-RIGHTS"],
  async (testbed) => {
    await allowLogs(testbed);
    const requests = await startSeen(testbed);
    await setPlans(testbed, planAt("v6.7", PLAN_HEIGHT));
    await startSei(testbed, { holdAt: [PLAN_HEIGHT], writeBackMs: 500 });
    await upgrade(testbed);
    await upgradeSeiNetwork(testbed);
    await changePlans(testbed, planAt("v6.7", 1_000_000));
    await rollBackDeployment(testbed);
    await rollBackSeiNode(testbed);

    expect(requests().filter(({ status }) => status === 401 || status === 403)).toEqual([]);
    await until(
      "as many rights to be used as are given",
      () => new Set(requests().map(rightOf)).size >= grantedRights().length,
      { explain: () => [...new Set(requests().map(rightOf))].toSorted().join("\n") },
    );
    expect([...new Set(requests().map(rightOf))].toSorted()).toEqual(grantedRights());
  },
);
