import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { crds } from "../src/api/crds.ts";
import { API_VERSION } from "../src/api/group.ts";
import type { NodeHaltStatus } from "../src/api/node-halt.ts";
import { KubeClient } from "../src/kube/kube-client.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, objectPath } from "../src/kube/paths.ts";
import type { KubeObject } from "../src/kube/types.ts";
import { RealApiServer } from "../src/testing/real-api-server.ts";

/** Folder of etcd and kube-apiserver. */
const assets = process.env.KUBEBUILDER_ASSETS;
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const DIGEST = `registry/seid@sha256:${"0".repeat(64)}`;

/** Rules of both definitions by their messages, as they are found anywhere in the schemas. */
function rulesIn(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const own = Object.entries(node).flatMap(([word, value]) =>
    word === "x-kubernetes-validations"
      ? (value as { message: string }[]).map(({ message }) => message)
      : rulesIn(value),
  );
  return [...new Set(own)];
}

const refusedPolicies: readonly (readonly [rule: string, spec: object])[] = [
  [
    "images must be given by digest (name@sha256:...), unless allowTags is true",
    { upgrades: [{ planName: "v6.7", image: "registry/seid:v6.7" }] },
  ],
  ["give exactly one of webhook, alertmanager and pagerDuty", { paging: [{}] }],
  ["give exactly one of url and urlSecretRef", { paging: [{ webhook: {} }] }],
  [
    "In and NotIn need values, Exists and DoesNotExist take none",
    { selector: { matchExpressions: [{ key: "app", operator: "NotIn" }] } },
  ],
  [
    "customResource belongs to kind CustomResource, and must be given for it",
    { target: { kind: "CustomResource" } },
  ],
];

const refusedStatuses: readonly (readonly [rule: string, from: NodeHaltStatus, to: NodeHaltStatus])[] = [
  ["a halt that ended Recovered, Failed or Paged stays so", { phase: "Recovered" }, { phase: "Swapping" }],
  ["a swap that was begun ends Recovered or Failed", { phase: "Swapping" }, { phase: "Held" }],
  ["the image of a swap that was begun can't be changed", { toImage: "a" }, { toImage: "b" }],
  ["steps are only ever added", { steps: [{ phase: "Detected", at: "x", message: "" }] }, { steps: [] }],
];
function customResource(changes: object): object {
  const seiNode = { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", resource: "seinodes" };
  return { kind: "CustomResource", customResource: { ...seiNode, ...changes } };
}

const IMMUTABLE = "spec records what was seen and can't be changed";

describe("a real API server with the CustomResourceDefinitions", () => {
  let [server, api]: [RealApiServer | undefined, KubeClient | undefined] = [undefined, undefined];
  beforeAll(async () => {
    if (!assets)
      throw new Error("KUBEBUILDER_ASSETS is not set: `pnpm run test:control-plane` at the root sets it");
    server = await RealApiServer.start(assets);
    api = await KubeClient.connect(server.access);
    for (const crd of Object.values(crds)) await api.create(CRDS, crd);
    for (const resource of [HALT_POLICIES, NODE_HALTS]) {
      await vi.waitFor(() => client().list(collectionPath(resource)), { timeout: 20_000 });
    }
  });
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  });

  function client(): KubeClient {
    if (api === undefined) throw new Error("the API server did not start");
    return api;
  }

  async function createPolicy(spec: object): Promise<KubeObject> {
    const metadata = { generateName: "policy-" };
    const body = {
      apiVersion: API_VERSION,
      kind: "HaltPolicy",
      metadata,
      spec: { selector: {}, container: "seid", ...spec },
    };
    return await client().create(collectionPath(HALT_POLICIES, "default"), body);
  }

  async function createHalt(status: NodeHaltStatus): Promise<KubeObject> {
    const seen = {
      podName: "p",
      podUID: "u",
      container: "c",
      policyName: "p",
      reason: "upgrade_required",
      image: "i",
      sources: [],
      verdict: "v",
      detectedAt: "t",
    };
    const body = {
      apiVersion: API_VERSION,
      kind: "NodeHalt",
      metadata: { generateName: "halt-" },
      spec: seen,
    };
    const halt = await client().create(collectionPath(NODE_HALTS, "default"), body);
    return await client().mergePatch(objectPath(NODE_HALTS, "default", halt.metadata.name, "status"), {
      status,
    });
  }

  test("takes a policy as a person writes it, and fills in what was left out", async () => {
    expect(await createPolicy({})).toMatchObject({
      spec: {
        upgrades: [],
        paging: [],
        rpcPort: "rpc",
        maxConcurrent: 1,
        errorBudget: 1,
        target: { kind: "StatefulSet" },
        actions: {
          upgradeRequired: "SwapImage",
          binaryTooNew: "RollBack",
          downgradeDetected: "Page",
          unrecognised: "Hold",
        },
      },
    });
  });

  test.each(refusedPolicies)("refuses a policy: %s", async (rule, spec) => {
    await expect(createPolicy(spec)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(rule),
    });
  });

  test.each([
    ["a height of 0", { upgrades: [{ planName: "v6.7", height: 0, image: DIGEST }] }, /height/],
    [
      "one plan twice",
      {
        upgrades: [
          { planName: "v6.7", image: DIGEST },
          { planName: "v6.7", image: DIGEST },
        ],
      },
      /Duplicate value/,
    ],
    ["a height below 0", { upgrades: [{ planName: "v6.7", height: -1, image: DIGEST }] }, /height/],
    [
      "a digest of no image",
      { upgrades: [{ planName: "v6.7", image: DIGEST.replace("registry/seid", "") }] },
      /digest/,
    ],
    ["an image with a space", { allowTags: true, upgrades: [{ planName: "v6.7", image: "a b" }] }, /image/],
    ["no container", { container: "" }, /container/],
    ["an owner of no group", { target: customResource({ apiVersion: "v1" }) }, /apiVersion/],
    ["an owner outside its resource", { target: customResource({ resource: "../secrets" }) }, /resource/],
    ["a pager that is no URL", { paging: [{ webhook: { url: "pager.example" } }] }, /url/],
    ["an unknown action", { actions: { downgradeDetected: "SwapImage" } }, /downgradeDetected/],
  ])("refuses a policy with %s", async (_, spec, message) => {
    await expect(createPolicy(spec)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(message),
    });
  });

  test.each(refusedStatuses)("refuses to rewrite a journal: %s", async (rule, from, to) => {
    const { metadata } = await createHalt(from);
    const path = objectPath(NODE_HALTS, "default", metadata.name, "status");
    await expect(client().mergePatch(path, { status: to })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(rule),
    });
  });

  test("refuses to change what a journal saw", async () => {
    const { metadata } = await createHalt({ phase: "Recorded" });
    const path = objectPath(NODE_HALTS, "default", metadata.name);
    await expect(client().mergePatch(path, { spec: { image: "other" } })).rejects.toMatchObject({
      message: expect.stringContaining(IMMUTABLE),
    });
  });
});

test("every rule has a case that it refuses", () => {
  const tried = [
    ...refusedPolicies.map(([rule]) => rule),
    ...refusedStatuses.map(([rule]) => rule),
    IMMUTABLE,
  ];
  expect(rulesIn(crds).toSorted()).toEqual(tried.toSorted());
});
