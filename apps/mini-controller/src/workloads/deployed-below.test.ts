import { expect, test } from "vitest";
import { refusalOf } from "../decide/refusals/refusals.ts";
import { DEPLOYMENTS, REPLICA_SETS, resourceOf, STATEFUL_SETS } from "../kube/paths.ts";
import type { Pod } from "../model/pod.ts";
import { addWorkload, LABELS, NAMESPACE, SEI_NODE } from "../testing/added-workload.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { HALTED, haltWith, NEW, OLD, observe, policyWith, siblingWith } from "../testing/observations.ts";
import { Workloads } from "./workloads.ts";

const TEMPLATE = { spec: { containers: [{ name: "seid", image: OLD }] } };

/** What is said before the image of a SeiNode is set which carries it on to a StatefulSet and to a Deployment, where all have halted. */
async function said(
  strategy: object,
  { replicas = 1, sibling = {} }: { replicas?: number; sibling?: object } = {},
) {
  const api = new FakeApi();
  const resource = resourceOf(SEI_NODE.apiVersion, SEI_NODE.resource);
  const node = await addWorkload(api, resource, "SeiNode", "sei-0", { spec: { image: OLD } });
  const set = await addWorkload(api, STATEFUL_SETS, "StatefulSet", "sei-0", {
    ownerReferences: [node],
    spec: { template: TEMPLATE },
  });
  const deployment = await addWorkload(api, DEPLOYMENTS, "Deployment", "twin", {
    ownerReferences: [node],
    spec: { strategy, replicas, template: TEMPLATE },
  });
  await addWorkload(api, REPLICA_SETS, "ReplicaSet", "twin-1", {
    ownerReferences: [deployment],
    spec: { replicas, template: TEMPLATE },
  });
  const pod: Pod = {
    metadata: { name: "sei-0-0", namespace: NAMESPACE, uid: "uid-1", labels: LABELS, ownerReferences: [set] },
    spec: TEMPLATE.spec,
  };
  const ref = {
    apiVersion: node.apiVersion,
    kind: node.kind,
    resource: "seinodes",
    name: node.name,
    uid: node.uid,
  };
  const policy = policyWith({ target: { kind: "CustomResource", customResource: SEI_NODE } });
  const workload = await new Workloads(api).read({
    namespace: NAMESPACE,
    ref,
    container: "seid",
    policy,
    pod,
  });
  if (workload.kind !== "found") throw new Error(JSON.stringify(workload));
  const group = workload.groups.find(({ what }) => what.startsWith("ReplicaSet"));
  if (group === undefined) throw new Error("no group of the Deployment");
  const observation = observe({
    halt: haltWith({ workload: ref }, { phase: "Swapping", toImage: NEW, fromImage: OLD }),
    policy,
    workload,
    pod: HALTED,
    siblings: [
      siblingWith({
        name: "twin-1-x",
        group,
        index: undefined,
        state: { kind: "halted" },
        image: OLD,
        ...sibling,
      }),
    ],
  });
  return refusalOf(observation, { step: "set-image", action: "SwapImage", image: NEW })?.reason;
}

test("a Deployment below a custom resource must end its old pods before it makes new ones", async () => {
  expect(await said({ type: "RollingUpdate" })).toBe("StrategyNotRecreate");
  expect(await said({})).toBe("StrategyNotRecreate");
  expect(await said({ type: "Recreate" })).toBe(undefined);
});

test("several nodes of one Deployment below a custom resource are its owner's matter", async () => {
  expect(await said({ type: "Recreate" }, { replicas: 2 })).toBe(undefined);
});

test("no pod without a grace period is left to a Deployment below a custom resource", async () => {
  expect(await said({ type: "Recreate" }, { sibling: { isTakenAtOnce: true } })).toBe("PodWithoutGrace");
});

test("no twin of a pod runs while a Deployment below a custom resource replaces that pod", async () => {
  const twins = [{ pod: "sei/debug", shares: "PersistentVolumeClaim sei/data" }];
  expect(await said({ type: "Recreate" }, { sibling: { twins } })).toBe("SameValidatorMayRun");
});
