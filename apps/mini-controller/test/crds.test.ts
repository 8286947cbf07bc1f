import { KubeClient, type KubeObject, loadClusterAccess } from "@upgrade-halt/kube";
import { type RealApiServer, startRealApiServer } from "@upgrade-halt/testing";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { crds, haltPolicyCrd, nodeHaltCrd, nodeRecordCrd } from "../src/api/crds.ts";
import { API_VERSION } from "../src/api/group.ts";
import type { HaltPolicy } from "../src/api/halt-policy.ts";
import type { NodeHaltStatus } from "../src/api/node-halt.ts";
import { Controller } from "../src/controller.ts";
import {
  collectionPath,
  EVENTS,
  HALT_POLICIES,
  NODE_HALTS,
  NODE_RECORDS,
  objectPath,
} from "../src/kube/paths.ts";
import { PAGER_DUTY_HOSTS, PagingHosts } from "../src/paging/paging-hosts.ts";
import { Metrics } from "../src/server/metrics.ts";

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

const seenAt = (at: string) => ({ at, sources: ["exit-code"] });

const refusedStatuses: readonly (readonly [rule: string, from: NodeHaltStatus, to: NodeHaltStatus])[] = [
  [
    "a halt that ended Recovered, Failed, Paged or Withdrawn stays so",
    { phase: "Withdrawn" },
    { phase: "Swapping" },
  ],
  [
    "a swap that was begun ends Recovered or Failed, or Withdrawn before its image was set",
    { phase: "Recreating" },
    { phase: "Withdrawn" },
  ],
  ["a halt deletes one pod, once", { deletedPodUID: "a" }, { deletedPodUID: "b" }],
  ["what was seen of a halt can't be changed", { seen: seenAt("t") }, { seen: seenAt("u") }],
  ["the image of a swap that was begun can't be changed", { toImage: "a" }, { toImage: "b" }],
  ["steps are only ever added", { steps: [{ phase: "Detected", at: "x", message: "" }] }, { steps: [] }],
];
function customResource(changes: object): object {
  const seiNode = { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", resource: "seinodes" };
  return { kind: "CustomResource", customResource: { ...seiNode, ...changes } };
}

/** Policies as they may have been stored by a definition that asked for less. */
const MALFORMED = {
  "no-selector": { selector: undefined },
  "no-number": { maxConcurrent: "two" },
  "no-image": { upgrades: [{ planName: "v6.7" }] },
} as const;

/** The same resource with a schema that takes anything. */
function withoutSchema(crd: typeof haltPolicyCrd): object {
  const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const versions = crd.spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema } }));
  return { ...crd, spec: { ...crd.spec, versions } };
}

const IMMUTABLE = "spec records what was seen and can't be changed";

describe("a real API server with the CustomResourceDefinitions", () => {
  let [server, api]: [RealApiServer | undefined, KubeClient | undefined] = [undefined, undefined];
  beforeAll(async () => {
    if (!assets)
      throw new Error("KUBEBUILDER_ASSETS is not set: `pnpm run test:control-plane` at the root sets it");
    server = await startRealApiServer(assets);
    api = await KubeClient.connect(await loadClusterAccess(server.kubeconfig));
    await api.create(CRDS, withoutSchema(haltPolicyCrd));
    await api.create(CRDS, nodeHaltCrd);
    await api.create(CRDS, nodeRecordCrd);
    for (const resource of [HALT_POLICIES, NODE_HALTS, NODE_RECORDS]) {
      await vi.waitFor(() => client().list(collectionPath(resource)), { timeout: 20_000 });
    }
    for (const [name, spec] of Object.entries(MALFORMED)) await createPolicy(spec, { name });
    await replaceCrd(haltPolicyCrd);
  });
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  });

  function client(): KubeClient {
    if (api === undefined) throw new Error("the API server did not start");
    return api;
  }

  /** Puts another definition in the place of the one of its name, and waits until it is in force. */
  async function replaceCrd(crd: typeof haltPolicyCrd): Promise<void> {
    const own = `${CRDS}/${crd.metadata.name}`;
    const { metadata } = await client().get(own);
    await client().replace(own, { ...crd, metadata });
    const body = { apiVersion: API_VERSION, kind: "HaltPolicy", metadata: { name: "tried" }, spec: {} };
    const path = `${collectionPath(HALT_POLICIES, "default")}?dryRun=All`;
    const refused = () => expect(client().create(path, body)).rejects.toMatchObject({ code: "invalid" });
    await vi.waitFor(refused, { timeout: 20_000 });
  }

  async function createPolicy(
    spec: object,
    metadata: object = { generateName: "policy-" },
  ): Promise<KubeObject> {
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

  test("has policies that were stored before the rules, and a controller that says what is wrong with each", async () => {
    const controller = new Controller({
      api: client(),
      namespace: "default",
      log: pino({ level: "silent" }),
      metrics: new Metrics(),
      pagingHosts: PagingHosts.parse(PAGER_DUTY_HOSTS),
    });
    await controller.sync();
    controller.work();
    try {
      const said = await vi.waitFor(
        async () => {
          const { items } = await client().list<HaltPolicy>(collectionPath(HALT_POLICIES, "default"));
          const ready = items.map(({ metadata: { name }, status }) => {
            const condition = status?.conditions?.find(({ type }) => type === "Ready");
            return [name, `${condition?.reason}: ${condition?.message}`] as const;
          });
          for (const [, message] of ready) expect(message).not.toMatch(/^undefined/);
          return new Map(ready);
        },
        { timeout: 20_000, interval: 100 },
      );
      expect(said.get("no-selector")).toMatch(/^Malformed: spec\.selector: /);
      expect(said.get("no-number")).toMatch(/^Malformed: spec\.maxConcurrent: /);
      expect(said.get("no-image")).toMatch(/^Malformed: spec\.upgrades\.0\.image: /);
      expect([...said.values()].filter((message) => message.startsWith("Malformed"))).toHaveLength(3);
      expect(said.size, "others are looked at as ever").toBeGreaterThan(3);
      await vi.waitFor(async () => {
        const { items } = await client().list<KubeObject & { reason: string }>(
          collectionPath(EVENTS, "default"),
        );
        expect(items.filter(({ reason }) => reason === "Malformed")).toHaveLength(3);
      });
    } finally {
      await controller.stop();
    }
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
