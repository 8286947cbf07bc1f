import { type KubernetesObject, PatchStrategy } from "@kubernetes/client-node";
import type { HaltPolicySpec } from "@upgrade-halt/mini-controller/api";
import { ANNOTATION_ABORT, ANNOTATION_ACKNOWLEDGED, API_VERSION } from "@upgrade-halt/mini-controller/api";
import { until } from "@upgrade-halt/testing";
import type { Api } from "./api.ts";
import {
  CONTAINER,
  mockNode,
  mockNodeClaim,
  mockNodeDeployment,
  NODE_LABELS,
  type NodeOptions,
  nodesService,
  type Plan,
  plansConfigMap,
} from "./fixtures/mock-nodes.ts";
import { LOOK_MS } from "./look.ts";
import type { Testbed } from "./testbed.ts";

/** What a scenario's policy may say differently. */
export type PolicyOptions = Partial<HaltPolicySpec> & {
  /** Leave an upgrade without a height as it is. Otherwise it gets the height that the plans of its namespace have. */
  readonly leaveHeights?: boolean;
};

/** The chain that the mock nodes are on. */
const CHAIN_ID = "mock-1";

/** Sets the plans that the nodes made from now on start with. */
export async function setPlans({ api, namespace }: Testbed, ...plans: readonly Plan[]): Promise<void> {
  await api.core.createNamespacedConfigMap({ namespace, body: plansConfigMap(plans) });
  await api.core.createNamespacedService({ namespace, body: nodesService() });
}

/** Sets other plans for the nodes made from now on. */
export async function changePlans({ api, namespace }: Testbed, ...plans: readonly Plan[]): Promise<void> {
  await api.core.replaceNamespacedConfigMap({ namespace, name: "plans", body: plansConfigMap(plans) });
}

/** Runs one mock node, as a StatefulSet of one. */
export async function createNode(
  { api, namespace }: Testbed,
  name: string,
  options: NodeOptions,
): Promise<void> {
  await api.apps.createNamespacedStatefulSet({ namespace, body: mockNode(name, options) });
}

/** Runs one mock node as a Deployment, whose pods have names of their own. */
export async function createDeployedNode(
  { api, namespace }: Testbed,
  name: string,
  options: NodeOptions,
): Promise<void> {
  await api.core.createNamespacedPersistentVolumeClaim({ namespace, body: mockNodeClaim(name) });
  await api.apps.createNamespacedDeployment({ namespace, body: mockNodeDeployment(name, options) });
}

/** Puts another image into a node's Deployment, which replaces its pod. */
export async function deployNode({ api, namespace }: Testbed, name: string, image: string): Promise<void> {
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
  const spec = { template: { spec: { containers: [{ name: CONTAINER, image }] } } };
  await patch(api, { ...deployment, spec } as KubernetesObject, PatchStrategy.StrategicMergePatch);
}

/** Creates a policy over every node of the namespace, which pages the scenario's pager. */
export async function createPolicy(
  { api, namespace }: Testbed,
  options: PolicyOptions = {},
  name?: string,
): Promise<void> {
  await api.objects.create(policyWith(namespace, await withHeights({ api, namespace }, options), name));
}

export async function removePolicy({ api, namespace }: Testbed): Promise<void> {
  await api.objects.delete(policyHeader(namespace));
}

/** Asks the API server whether it would take such a policy; rejects with its answer when it wouldn't. */
export async function tryPolicy({ api, namespace }: Testbed, options: PolicyOptions): Promise<void> {
  await api.objects.create(policyWith(namespace, options), undefined, "All");
}

/** Only a listed height binds: upgrades get the height of the plan that the namespace's nodes have for them. */
async function withHeights(
  { api, namespace }: Pick<Testbed, "api" | "namespace">,
  options: PolicyOptions,
): Promise<PolicyOptions> {
  const { upgrades, leaveHeights } = options;
  if (upgrades === undefined || leaveHeights === true) return options;
  const heights = new Map((await plansIn({ api, namespace })).map(({ name, height }) => [name, height]));
  return {
    ...options,
    upgrades: upgrades.map((upgrade) => {
      const height = upgrade.height ?? heights.get(upgrade.planName);
      return height === undefined ? upgrade : { ...upgrade, height };
    }),
  };
}

/** The plans that the nodes of a namespace start with. */
export async function plansIn({
  api,
  namespace,
}: Pick<Testbed, "api" | "namespace">): Promise<readonly Plan[]> {
  const { items } = await api.core.listNamespacedConfigMap({ namespace });
  const plans = items.find(({ metadata }) => metadata?.name === "plans")?.data?.["plans.json"] ?? "[]";
  return JSON.parse(plans) as readonly Plan[];
}

function policyWith(namespace: string, options: PolicyOptions, name?: string): KubernetesObject {
  const { leaveHeights: _, ...own } = options;
  const spec: PolicyOptions = {
    selector: { matchLabels: NODE_LABELS },
    chainId: CHAIN_ID,
    container: CONTAINER,
    allowTags: true,
    recoveryTimeoutSeconds: 60,
    paging: [{ webhook: { urlSecretRef: { name: "pager", key: "url" } } }],
    ...own,
  };
  return { ...policyHeader(namespace, name), spec } as KubernetesObject;
}

/** Changes members of a policy's spec. */
export async function changePolicy(
  { api, namespace }: Testbed,
  options: PolicyOptions,
  name?: string,
): Promise<void> {
  const { leaveHeights: _, ...spec } = await withHeights({ api, namespace }, options);
  await mergePatch(api, { ...policyHeader(namespace, name), spec } as KubernetesObject);
}

/** Says of a failed NodeHalt that a person has seen it. */
export async function acknowledge({ api, namespace }: Testbed, name: string): Promise<void> {
  const metadata = { name, namespace, annotations: { [ANNOTATION_ACKNOWLEDGED]: "true" } };
  await mergePatch(api, { apiVersion: API_VERSION, kind: "NodeHalt", metadata });
}

/** Says of a NodeHalt that nothing may be done for it, or takes that back. */
export async function abort({ api, namespace }: Testbed, name: string, on: boolean): Promise<void> {
  const metadata = { name, namespace, annotations: { [ANNOTATION_ABORT]: on ? "true" : null } };
  await mergePatch(api, { apiVersion: API_VERSION, kind: "NodeHalt", metadata } as KubernetesObject);
}

/** Puts another image into a node's StatefulSet and replaces its pod. */
export async function deploy(testbed: Testbed, node: string, image: string): Promise<void> {
  const { api, namespace } = testbed;
  await patchSet(testbed, node, withImage(image));
  await api.core.deleteNamespacedPod({ namespace, name: `${node}-0` });
}

/** Scales a node's StatefulSet to no pod, and waits until its pod is gone. */
export async function takeDown(testbed: Testbed, node: string): Promise<void> {
  const { api, namespace } = testbed;
  await patchSet(testbed, node, { replicas: 0 });
  const isGone = () =>
    api.core.readNamespacedPod({ namespace, name: `${node}-0` }).then(
      () => false,
      () => true,
    );
  await until(`${node}-0 to be gone`, isGone, { every: LOOK_MS, within: 90_000 });
}

/** Puts another image into a node's StatefulSet that has no pod, and lets it have one. */
export async function bringUp(testbed: Testbed, node: string, image: string): Promise<void> {
  await patchSet(testbed, node, { replicas: 1, ...withImage(image) });
}

function withImage(image: string) {
  return { template: { spec: { containers: [{ name: CONTAINER, image }] } } };
}

async function patchSet({ api, namespace }: Testbed, node: string, spec: object): Promise<void> {
  const set = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: node, namespace }, spec };
  await patch(api, set as KubernetesObject, PatchStrategy.StrategicMergePatch);
}

function policyHeader(namespace: string, name = "policy") {
  return {
    apiVersion: API_VERSION,
    kind: "HaltPolicy",
    metadata: { name, namespace },
  };
}

function mergePatch(api: Api, object: KubernetesObject): Promise<unknown> {
  return patch(api, object, PatchStrategy.MergePatch);
}

function patch(api: Api, object: KubernetesObject, strategy: PatchStrategy): Promise<unknown> {
  return api.objects.patch(object, undefined, undefined, "operator", undefined, strategy);
}
