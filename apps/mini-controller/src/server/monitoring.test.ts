import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LABEL_HALT } from "../api/group.ts";
import type { PageRecord } from "../api/node-halt.ts";
import { createStores } from "../model/stores.ts";
import { haltWith, policyWith } from "../testing/observations.ts";
import { Metrics } from "./metrics.ts";
import { STEP_REASONS } from "./step-series.ts";

function exposed(): { readonly metrics: Metrics; readonly stores: ReturnType<typeof createStores> } {
  const [metrics, stores] = [new Metrics(), createStores()];
  metrics.observeStores(stores, () => 0);
  metrics.observeContact(() => [["pods", 0]]);
  return { metrics, stores };
}

test.each(["alert-rules.yaml", "dashboard.json"])("%s asks only for metrics that there are", async (file) => {
  const text = readFileSync(new URL(`../../deploy/monitoring/${file}`, import.meta.url), "utf8");
  const names = new Set(
    text
      .match(/\b(?:upgrade_halt|process)_[a-z_]+\b/g)
      ?.map((name) => name.replace(/_(bucket|count|sum)$/, "")),
  );
  const known = exposed()
    .metrics.registry.getMetricsAsArray()
    .map(({ name }) => name);
  expect(names.size).toBeGreaterThan(5);
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});

test("each alert leads to its place in the guide", () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const rules = read("deploy/monitoring/alert-rules.yaml");
  const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = ""]) => name);
  const links = [...rules.matchAll(/^ +runbook_url: \S+\/docs\/guides\/alerts\.md#(\w+)$/gm)];
  const guide = read("../../docs/guides/alerts.md");
  expect(alerts.length).toBeGreaterThan(5);
  expect(links.map(([, anchor]) => anchor)).toEqual(alerts.map((name) => name.toLowerCase()));
  for (const name of alerts) expect(guide).toContain(`\n### ${name}\n`);
});

test("the guide's expression over the pod's label is the one that promtool tests, and names that label", () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const expression =
    /`(unless on \(namespace, pod\) [^`]+)`/.exec(read("../../docs/guides/alerts.md"))?.[1] ?? "";
  expect(expression).toContain(`{label_${LABEL_HALT.replaceAll(/[^a-zA-Z0-9_]/g, "_")}=`);
  const tested = read("deploy/monitoring/alert-rules.test.yaml");
  expect(tested).toContain(`${expression})`);
  const flag = `--metric-labels-allowlist=pods=[${LABEL_HALT}]`;
  expect(tested).toContain(flag);
  expect(read("../../docs/guides/alerts.md")).toContain(flag);
});

function pageFor(reason: string): PageRecord {
  return { key: "k", reason, summary: "s", at: "", delivered: [], attempts: 1, state: "Sent" };
}

test.each([
  ["while it waits for its turn", { phase: "Recorded", action: "SwapImage" }, true],
  ["while its image is being swapped", { phase: "Swapping", action: "SwapImage" }, true],
  ["until its node is past the height", { phase: "Recovering", action: "SwapImage" }, true],
  ["while its pod is made anew", { phase: "Recreating", action: "SwapImage", reason: "Recreating" }, true],
  ["not while a pause stops it", { phase: "Recreating", action: "SwapImage", reason: "Paused" }, false],
  ["not without its policy", { phase: "Recreating", action: "SwapImage", reason: "PolicyMissing" }, false],
  [
    "not while its node shows no halt",
    { phase: "Recorded", action: "SwapImage", reason: "HaltNotShown" },
    false,
  ],
  [
    "not while a person is paged for what it waits for",
    { phase: "Swapping", action: "SwapImage", reason: "NodeStarting", page: pageFor("NodeStarting") },
    false,
  ],
  [
    "again once what a person was paged for is over",
    { phase: "Recreating", action: "SwapImage", reason: "Recreating", page: pageFor("NodeStarting") },
    true,
  ],
  ["not once it failed", { phase: "Failed", action: "SwapImage" }, false],
  ["not when it is held, whatever was wanted", { phase: "Held", action: "SwapImage" }, false],
  ["not when it is no upgrade", { phase: "Swapping", action: "RollBack" }, false],
] as const)("a halt is expected %s", async (_, status, expected) => {
  const { metrics, stores } = exposed();
  stores.halts.put(haltWith({}, status));
  const series = (await metrics.registry.metrics()).match(/^upgrade_halt_expected\{.*/gm);
  expect(series).toEqual(
    expected ? ['upgrade_halt_expected{namespace="sei",pod="sei-0-0",plan="v6.7"} 1'] : null,
  );
});

test("a failure counts until a person acknowledges it", async () => {
  const { metrics, stores } = exposed();
  const series = async () =>
    (await metrics.registry.metrics()).match(/^upgrade_halt_unacknowledged_failures\{.*/gm);
  const failed = haltWith({}, { phase: "Failed", reason: "HaltedAgain" });
  stores.halts.put(failed);
  expect(await series()).toEqual([
    'upgrade_halt_unacknowledged_failures{namespace="sei",policy="sei",reason="HaltedAgain"} 1',
  ]);
  const annotations = { "upgrade-halt.dev/acknowledged": "true" };
  stores.halts.put({ ...failed, metadata: { ...failed.metadata, annotations } });
  expect(await series()).toBeNull();
});

test("each condition of a policy is shown, and a malformed policy as not ready whatever its status says", async () => {
  const { metrics, stores } = exposed();
  const series = async () => (await metrics.registry.metrics()).match(/^upgrade_halt_policy_condition\{.*/gm);
  const lastTransitionTime = "2026-08-21T18:00:00Z";
  const condition = (type: string, status: "True" | "False", reason: string) =>
    ({ type, status, reason, message: reason, lastTransitionTime }) as const;
  const conditions = [condition("Ready", "True", "Ready"), condition("PagingReady", "False", "NoTarget")];
  const policy = { ...policyWith(), status: { conditions } };
  stores.policies.put(policy);
  const nobodyPaged =
    'upgrade_halt_policy_condition{namespace="sei",policy="sei",type="PagingReady",status="False",reason="NoTarget"} 1';
  expect(await series()).toEqual([
    'upgrade_halt_policy_condition{namespace="sei",policy="sei",type="Ready",status="True",reason="Ready"} 1',
    nobodyPaged,
  ]);
  stores.policies.put({ ...policy, defect: "spec.upgrades is no list" });
  expect(await series()).toEqual([
    'upgrade_halt_policy_condition{namespace="sei",policy="sei",type="Ready",status="False",reason="Malformed"} 1',
    nobodyPaged,
  ]);
});

test("how long a swap and a recovery took is measured once each", async () => {
  const { metrics } = exposed();
  const now = Date.parse("2026-08-21T18:00:01.990Z");
  metrics.onPhase(haltWith({}, { phase: "Swapping", reason: "ImageListed" }), "Recorded", now);
  metrics.onPhase(haltWith({}, { phase: "Recovered", reason: "Recovered" }), "Recovering", now);
  metrics.onPhase(haltWith({}, { phase: "Recovered", reason: "Recovered" }), "Recovered", now);
  const text = await metrics.registry.metrics();
  expect(text).toContain("upgrade_halt_detected_to_swapping_seconds_sum 2\n");
  expect(text).toContain("upgrade_halt_detected_to_recovered_seconds_count 1\n");
});

/** Reasons as the sources spell them where a step gets one. */
function reasonsIn(pattern: string): readonly string[] {
  const root = new URL("../../", import.meta.url).pathname;
  const files = globSync(pattern, { cwd: root }).filter((file) => !file.includes(".test."));
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/reason: "([A-Z]\w+)"/g)].map(
      ([, reason = ""]) => reason,
    ),
  );
}

test("every step that there can be is counted from 0", async () => {
  const text = readFileSync(
    new URL("../../../../packages/consumer/src/recommendation.ts", import.meta.url),
    "utf8",
  );
  const [, union = ""] = /type RecommendationReason =(.*?);\n\n/s.exec(text) ?? [];
  const recommended = [...union.matchAll(/\| "(\w+)"/g)].map(([, reason = ""]) => reason);
  expect(recommended.length).toBeGreaterThan(20);
  const all = new Set([
    ...recommended,
    ...reasonsIn("src/{node-reconciler.ts,{observe,judge,detect,decide,act,journal}/**/*.ts}"),
  ]);
  const unknown = [...all].filter((reason) => !STEP_REASONS.includes(reason));
  expect(unknown, "reasons that src/server/step-series.ts does not list").toEqual([]);

  const { values } = await exposed().metrics.steps.get();
  for (const reason of all)
    for (const phase of ["Held", "Swapping", "Recovered", "Failed"])
      expect(values).toContainEqual({ labels: { phase, reason }, value: 0 });
});

test("steps are counted by phase and reason, and a clock that was set back makes no time negative", async () => {
  const { metrics } = exposed();
  const status = { phase: "Swapping", reason: "ImageListed", steps: [] } as const;
  const halt = haltWith({ detectedAt: "2026-08-21T18:00:00.000Z" }, { ...status, steps: [] });
  metrics.onPhase(halt, undefined, Date.parse("2026-08-21T18:00:02.000Z"));
  metrics.onPhase(halt, undefined, Date.parse("2026-08-21T17:00:00.000Z"));
  const text = await metrics.registry.metrics();
  expect(text).toContain('upgrade_halt_steps_total{phase="Swapping",reason="ImageListed"} 2\n');
  expect(text).toContain("upgrade_halt_detected_to_swapping_seconds_sum 2\n");
});
