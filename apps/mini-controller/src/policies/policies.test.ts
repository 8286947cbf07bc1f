import { describe, expect, test } from "vitest";
import { type HaltPolicy, withDefaults } from "../api/halt-policy.ts";
import type { PageRecord } from "../api/node-halt.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Pod } from "../model/pod.ts";
import { haltWith, policyWith } from "../testing/observations.ts";
import { conditionsOf, countsOf, type JudgedPod, type PolicyView } from "./policy-summary.ts";

describe("a label selector", () => {
  const labels = { app: "seid", tier: "rpc" };
  test.each([
    [{}, true],
    [{ matchLabels: { app: "seid" } }, true],
    [{ matchLabels: { app: "seid", chain: "x" } }, false],
    [{ matchExpressions: [{ key: "tier", operator: "In", values: ["rpc", "archive"] }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "NotIn", values: ["rpc"] }] }, false],
    [{ matchExpressions: [{ key: "chain", operator: "NotIn", values: ["x"] }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, false],
    [{ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
  ] as const)("%j takes the pod: %s", (selector, taken) => {
    expect(matchesLabels(structuredClone(selector) as Parameters<typeof matchesLabels>[0], labels)).toBe(
      taken,
    );
  });
});

const pod = (name: string, changes: object = {}): Pod => ({
  metadata: { name, namespace: "sei", uid: name, labels: {} },
  spec: { containers: [{ name: "seid", image: "x", ports: [{ name: "rpc", containerPort: 26657 }] }] },
  ...changes,
});

function named(name: string, creationTimestamp: string, namespace = "sei"): HaltPolicy {
  return { ...policyWith(), metadata: { name, namespace, creationTimestamp } };
}

test("a policy that was stored without its defaults has them", () => {
  const { spec, ...rest } = policyWith();
  const stored = { ...rest, spec: { selector: spec.selector, container: "seid" } } as unknown as HaltPolicy;
  expect(withDefaults(stored).spec).toMatchObject({
    upgrades: [],
    maxConcurrent: 1,
    target: { kind: "StatefulSet" },
  });
});

test("a policy that was stored malformed governs nothing, and says what is wrong", () => {
  const broken = withDefaults({
    ...policyWith(),
    spec: { ...policyWith().spec, maxConcurrent: "two" } as never,
  });
  expect(broken.defect).toMatch(/^spec\.maxConcurrent: /);
  expect(governingPolicy(pod("x"), [broken])).toBeUndefined();
});

describe("of several policies that select a pod", () => {
  test.each([
    ["selects the pod", { selector: policyWith().spec.selector, roll: "Canary" }, true],
    ["says which pods in words that can't be read", { selector: "app=x" }, true],
    ["selects other pods", { selector: { matchLabels: { app: "other" } }, roll: "Canary" }, false],
  ])("the one that governs names one that can't be read and that %s", (_, spec, isNamed) => {
    const stored = { ...policyWith().spec, ...spec } as never;
    const broken = withDefaults({ ...named("broken", "2026-01-01T00:00:00Z"), spec: stored });
    expect(broken.defect).toBeDefined();
    const governing = governingPolicy(pod("x"), [broken, named("young", "2026-01-02T00:00:00Z")]);
    expect(governing?.metadata.name).toBe("young");
    expect(governing?.unread).toBe(isNamed ? `broken (${broken.defect})` : undefined);
  });

  test("the oldest governs it, whatever the order", () => {
    const [old, young] = [named("b", "2026-01-01T00:00:00Z"), named("a", "2026-01-02T00:00:00Z")];
    expect(governingPolicy(pod("x"), [young, old])).toBe(old);
    expect(governingPolicy(pod("x"), [old, young])).toBe(old);
  });
  test("of the same age, the first by name", () => {
    const [a, b] = [named("a", "t"), named("b", "t")];
    expect(governingPolicy(pod("x"), [b, a])).toBe(a);
  });
  test("none of another namespace", () =>
    expect(governingPolicy(pod("x"), [named("a", "t", "other")])).toBeUndefined());
});

const RUNNING = { kind: "running", why: "It runs.", contradictions: [] } as const;
const judged = (of: Pod, changes: Partial<JudgedPod> = {}): JudgedPod => ({
  pod: of,
  governedBy: undefined,
  verdict: RUNNING,
  ...changes,
});
const view = (changes: Partial<PolicyView> = {}): PolicyView => ({
  policy: policyWith({ selector: { matchLabels: { app: "seid" } } }),
  pods: [judged(pod("sei-0-0"))],
  halts: [],
  failed: 0,
  pagingFaults: [],
  ...changes,
});
const page = {
  key: "k",
  reason: "r",
  summary: "s",
  at: "2026-08-21T18:00:00Z",
  delivered: [],
  attempts: 1,
  state: "Pending",
} satisfies PageRecord;
const condition = (type: string, of: PolicyView) => conditionsOf(of).find((found) => found.type === type);

describe("a policy's conditions", () => {
  test.each([
    ["Ready", view(), "True", /^Selects 1 pods/],
    [
      "Ready",
      view({ policy: policyWith({ paused: true }) }),
      "True",
      /^Selects 1 pods, and changes nothing: spec\.paused is set\.$/,
    ],
    [
      "Ready",
      view({ policy: policyWith() }),
      "True",
      /selects every pod of namespace sei: 1, of which 1 have/,
    ],
    [
      "Ready",
      view({
        policy: policyWith(),
        pods: [judged(pod("a")), judged(pod("b", { spec: { containers: [] } }))],
      }),
      "True",
      /: 2, of which 1 have a container seid/,
    ],
    [
      "Ready",
      view({ policy: withDefaults({ ...policyWith(), spec: { container: "seid" } as never }) }),
      "False",
      /^spec\.selector: .*not used until it is put right/,
    ],
    ["Ready", view({ pods: [] }), "False", /matches no pod of namespace sei/],
    [
      "Ready",
      view({ pods: [judged(pod("a", { spec: { containers: [] } }))] }),
      "False",
      /no container seid: a/,
    ],
    [
      "Ready",
      view({ pods: [judged(pod("a", { spec: { containers: [{ name: "seid", image: "x" }] } }))] }),
      "False",
      /no port named rpc in a/,
    ],
    [
      "Ready",
      view({ pods: [judged(pod("a"), { governedBy: "older" })] }),
      "False",
      /governs none of the pods that it selects: older policy older has a/,
    ],
    [
      "Ready",
      view({ pods: [judged(pod("a"), { governedBy: "older" }), judged(pod("b"))] }),
      "True",
      /selects/i,
    ],
    [
      "Conflicting",
      view({ pods: [judged(pod("a"), { governedBy: "older" })] }),
      "True",
      /Older policy older governs a/,
    ],
    ["PagingReady", view(), "True", /1 targets/],
    ["PagingReady", view({ policy: policyWith({ paging: [] }) }), "False", /nobody is paged/],
    [
      "PagingReady",
      view({
        pagingFaults: [
          {
            reason: "TargetUnusable",
            message: "spec.paging[0].webhook: Secret sei/pager is not there",
          },
        ],
      }),
      "False",
      /^spec\.paging\[0\]\.webhook: Secret sei\/pager is not there\.$/,
    ],
    [
      "PagingReady",
      view({
        halts: [haltWith({}, { phase: "Held", page: { ...page, lastError: "the pager at x answered 503" } })],
      }),
      "False",
      /^The page about sei-0-0 waits: the pager at x answered 503\.$/,
    ],
    ["Upgrading", view(), "False", /No node/],
    [
      "Upgrading",
      view({ halts: [haltWith({}, { phase: "Held", reason: "ImageMappingMissing" })] }),
      "Unknown",
      /listed in spec.upgrades for v6.7/,
    ],
    ["Upgrading", view({ halts: [haltWith({}, { phase: "Recovering" })] }), "True", /1 nodes/],
    ["BudgetSpent", view({ failed: 1 }), "True", /no further swap/],
  ] as const)("%s (%#)", (type, of, status, message) => {
    expect(condition(type, of)).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test("counts crashes by how a container last ended, and restarts", () => {
    const status = {
      containerStatuses: [
        { name: "seid", restartCount: 3, state: { running: {} }, lastState: { terminated: { exitCode: 2 } } },
      ],
    };
    expect(countsOf(view({ pods: [judged(pod("a", { status })), judged(pod("b"))] }))).toMatchObject({
      pods: 2,
      running: 2,
      crashed: 1,
      restarts: 3,
    });
  });
});
