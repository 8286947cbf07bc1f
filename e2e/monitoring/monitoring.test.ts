import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { type Program, until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { jumpingClock } from "../faults/jumping-clock.ts";
import {
  metricsUrlOf,
  startController,
  startControllerWith,
  startDoomedController,
} from "../harness/controller.ts";
import { imageOf, planAt } from "../harness/fixtures/mock-nodes.ts";
import { createHaltingNode, createUnwatchedNode } from "../harness/halting-node.ts";
import { haltOf, haltsIn } from "../harness/observe.ts";
import { changePolicy, createPolicy, setPlans } from "../harness/operator.ts";
import { scenario } from "../harness/scenario.ts";
import type { Testbed } from "../harness/testbed.ts";
import { Alertmanager } from "./alertmanager.ts";
import { showsNumbers } from "./dashboard-numbers.ts";
import { startOnCall } from "./on-call.ts";
import { pathOf, RUNS_NEWEST } from "./programs.ts";
import { Prometheus } from "./prometheus.ts";
import { type DashboardQuery, dashboardQueries } from "./shipped.ts";

/** Two controllers of which one leads, as the Deployment runs them. */
async function startReplicas(testbed: Testbed): Promise<readonly Program[]> {
  const flags = ["--leader-elect"];
  return [await startController(testbed, ...flags), await startController(testbed, ...flags)];
}

const upgrades = (image: string) => [{ planName: "v6.7", height: 10, image }];

scenario(
  "other alerts about a node are inhibited while its upgrade is expected, and heard again once it failed",
  ["ALERTS-INHIBITED", "ALERT-RULES-LIVE"],
  async (testbed) => {
    const { namespace } = testbed;
    const alertmanager = await Alertmanager.start(testbed);
    await Prometheus.start(testbed, await startReplicas(testbed), alertmanager);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { upgrades: upgrades(imageOf("v0.0-nowhere")), recoveryTimeoutSeconds: 15 });
    const about = { alertname: "KubePodNotReady", namespace, pod: "sei-0-0", severity: "critical" };
    const elsewhere = { ...about, pod: "sei-1-0" };
    await alertmanager.post(about);
    await alertmanager.post(elsewhere);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });

    const expected = await alertmanager.seen({ alertname: "UpgradeHaltExpected", namespace }, "there");
    expect(expected.labels).toMatchObject({ pod: "sei-0-0", plan: "v6.7", severity: "none" });
    expect(expected.receivers).toEqual([{ name: "nobody" }]);
    const inhibited = await alertmanager.seen(
      about,
      "inhibited",
      ({ status }) => status.state === "suppressed",
    );
    expect(inhibited.status.inhibitedBy).toEqual([expected.fingerprint]);
    expect((await alertmanager.alerts(elsewhere))[0]?.status).toMatchObject({
      state: "active",
      inhibitedBy: [],
    });

    await haltOf(testbed, "sei-0", "Failed");
    await alertmanager.seen(about, "heard again", ({ status }) => status.state === "active");
    const failed = await alertmanager.seen({ alertname: "UpgradeHaltSwapFailed", namespace }, "there");
    expect(failed.annotations.summary).toBe(
      `1 swapped nodes of ${namespace} did not come back: RecoveryTimedOut.`,
    );
    expect(failed.receivers).toEqual([{ name: "on-call" }]);
  },
);

/**
 * Restarts Alertmanager while a node is being upgraded, and sends it at once two alerts of one group that are older than its
 * `group_wait`: about that node and about another. Answers with the pods of which on-call hears.
 */
async function heardAfterRestart(
  testbed: Testbed,
  resendDelay: string,
  ...flags: readonly string[]
): Promise<() => readonly (string | undefined)[]> {
  const { namespace } = testbed;
  const { config, told } = await startOnCall(testbed);
  const first = await Alertmanager.start(testbed, { config });
  const resend = `--rules.alert.resend-delay=${resendDelay}`;
  await Prometheus.start(testbed, await startReplicas(testbed), first, resend);
  await setPlans(testbed, planAt("v6.7", 10));
  await createPolicy(testbed, { upgrades: upgrades(imageOf("v0.0-nowhere")), recoveryTimeoutSeconds: 150 });
  await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
  await first.seen({ alertname: "UpgradeHaltExpected", namespace, pod: "sei-0-0" }, "there");

  const second = await first.restart(testbed, { config, flags });
  const longAgo = new Date(Date.now() - 300_000);
  for (const pod of ["sei-0-0", "sei-1-0"]) {
    await second.post({ alertname: "KubePodNotReady", namespace, pod, severity: "critical" }, longAgo);
  }
  return () => told.map(({ pod }) => pod);
}

scenario(
  "an Alertmanager that is restarted without a start delay tells on-call of a node that is being upgraded",
  ["ALERTS-INHIBITED"],
  async (testbed) => {
    const heard = await heardAfterRestart(testbed, "10m");
    await until("on-call to hear of that node", () => heard().includes("sei-0-0"));
  },
);

if (RUNS_NEWEST) {
  scenario(
    "an Alertmanager that is restarted with a start delay tells on-call of other nodes alone",
    ["ALERTS-INHIBITED"],
    async (testbed) => {
      const heard = await heardAfterRestart(testbed, "5s", "--dispatch.start-delay=20s");
      await until("on-call to hear of the other node", () => heard().includes("sei-1-0"));
      expect(heard()).toEqual(["sei-1-0"]);
    },
  );
}

scenario(
  "a page reaches Alertmanager as one alert, however often it is sent",
  ["PAGE-ALERTMANAGER"],
  async (testbed) => {
    const { namespace } = testbed;
    const alertmanager = await Alertmanager.start(testbed);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { paging: [{ alertmanager: { url: alertmanager.url } }] });
    await createUnwatchedNode(testbed, "sei-0", { version: "v6.6" });

    const doomed = await startDoomedController(testbed, "after:send-page");
    expect(await doomed.ended).toEqual({ code: null, signal: "SIGKILL" });
    await startController(testbed);
    await until(
      "the page to be journaled as sent",
      async () => (await haltsIn(testbed))[0]?.status?.page?.state === "Sent",
    );

    expect(await alertmanager.received("firing")).toBeGreaterThanOrEqual(2);
    const [page, ...others] = await alertmanager.alerts({ namespace });
    expect(others).toEqual([]);
    expect(page).toMatchObject({
      labels: {
        alertname: "UpgradeHalt",
        pod: "sei-0-0",
        severity: "critical",
        reason: "ImageMappingMissing",
        halt_reason: "upgrade_required",
      },
      annotations: { plan: "v6.7", image: imageOf("v6.6") },
      receivers: [{ name: "on-call" }],
      status: { state: "active", inhibitedBy: [] },
    });
  },
);

scenario(
  "the alert of a page outlives its Alertmanager, and ends when the node is past its plan",
  ["PAGE-STANDS", "PAGE-RESOLVED"],
  async (testbed) => {
    const { namespace } = testbed;
    const first = await Alertmanager.start(testbed);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { paging: [{ alertmanager: { url: first.url } }] });
    await startController(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const page = { alertname: "UpgradeHalt", namespace, reason: "ImageMappingMissing" };
    await first.seen(page, "there");

    const second = await first.restart(testbed);
    expect(await second.alerts(page)).toEqual([]);
    const again = await second.seen(page, "told again");
    expect(Date.parse(again.endsAt) - Date.now(), "hours").toBeGreaterThan(20 * 3_600_000);

    await changePolicy(testbed, { upgrades: upgrades(imageOf("v6.7")) });
    await until(
      "the page to be resolved",
      async () => (await haltOf(testbed, "sei-0", "Recovered")).status?.page?.state === "Resolved",
    );
    expect(await second.alerts(page), "Alertmanager shows no alert that is over").toEqual([]);
    expect(await second.received("resolved")).toBeGreaterThan(0);
  },
);

scenario(
  "the alert of a page ends although the clock was set back since it began",
  ["PAGE-RESOLVED", "CLOCK-JUMP"],
  async (testbed) => {
    const { namespace } = testbed;
    const alertmanager = await Alertmanager.start(testbed);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed, { paging: [{ alertmanager: { url: alertmanager.url } }] });
    const controller = await startControllerWith(testbed, { env: jumpingClock(-120_000) });
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const page = { alertname: "UpgradeHalt", namespace, reason: "ImageMappingMissing" };
    await alertmanager.seen(page, "there");

    controller.signal("SIGUSR2");
    await until("its clock to be set", () => controller.output().includes("clock set"));
    await changePolicy(testbed, { upgrades: upgrades(imageOf("v6.7")) });
    const { status } = await until("the page to be resolved", async () => {
      const halt = await haltOf(testbed, "sei-0", "Recovered");
      return halt.status?.page?.state === "Resolved" && halt;
    });
    expect(await alertmanager.alerts(page)).toEqual([]);
    expect(await alertmanager.received("resolved")).toBeGreaterThan(0);
    const { at = "", resolvedAt = "" } = status?.page ?? {};
    expect(Date.parse(resolvedAt)).toBeGreaterThanOrEqual(Date.parse(at));
  },
);

scenario(
  "each query of the dashboard is answered from what the controllers really expose, with the right numbers",
  ["DASHBOARD-LIVE"],
  async (testbed) => {
    const controllers = await startReplicas(testbed);
    const prometheus = await Prometheus.start(testbed, controllers, await Alertmanager.start(testbed));
    for (const path of ["/healthz", "/readyz"]) {
      for (const controller of controllers)
        expect((await fetch(`${metricsUrlOf(controller)}${path}`)).status, path).toBe(200);
    }
    testbed.pager.refuse(true);
    await setPlans(testbed, planAt("v6.7", 10));
    await createPolicy(testbed);
    await createHaltingNode(testbed, "sei-0", { version: "v6.6" });
    const [exposed = ""] = await Promise.all(controllers.map(exposedBy));
    expect(await checkMetrics(exposed), "promtool finds nothing to correct").toBe("");
    const left = new Set(dashboardQueries());
    expect(left.size).toBeGreaterThan(10);
    const answered = (panel: string) => ![...left].some((query) => query.panel === panel);
    const ask = async () => {
      for (const query of left) if (await isAnswered(prometheus, query)) left.delete(query);
      return answered;
    };
    const explain = () =>
      `not answered: ${[...left].map(({ panel, expr }) => `${panel}: ${expr}`).join("\n")}`;

    await until(
      "the queries about a halt that is held",
      async () => (await ask())("Held, and why") && answered("Pages that wait"),
      { explain },
    );
    // Both replicas tell of the halt, and the leader alone of its steps: what it counted before its first scrape is no increase.
    const led = 'sum(upgrade_halt_steps_total{phase="Held"}) > 0';
    await until("the leader to be scraped", async () => (await prometheus.query(led)).length === 1);
    await changePolicy(testbed, { upgrades: upgrades(imageOf("v6.7")) });
    await until("all queries to be answered", async () => (await ask()) && left.size === 0, {
      explain,
    });
    await haltOf(testbed, "sei-0", "Recovered");
    for (const phase of ["Swapping", "Recreating", "Recovering", "Recovered"]) {
      // One step, seen whole: `increase` takes a little more, as it looks past the first and the last scrape.
      const steps = `round(sum(increase(upgrade_halt_steps_total{phase="${phase}"}[2m]))) == 1`;
      await until(`one step to ${phase}`, async () => (await prometheus.query(steps)).length === 1, {
        explain: async () => JSON.stringify((await haltsIn(testbed)).map(({ status }) => status?.steps)),
      });
    }
    // They are scraped one after the other, and the halt may have moved on in between.
    const one = "sum(max by (phase) (upgrade_halt_nodehalts)) == 1";
    await until("two replicas to tell of one halt", async () => (await prometheus.query(one)).length === 1);
    for (const query of dashboardQueries()) {
      const shown = async () => ({
        exposed: (await Promise.all(controllers.map(exposedBy))).flatMap((text) => text.split("\n")),
        samples: await prometheus.samples(query.expr),
      });
      const isRight = ({ exposed, samples }: Awaited<ReturnType<typeof shown>>) =>
        showsNumbers(query, samples, { namespace: testbed.namespace, exposed });
      await until(`"${query.panel}" to show the right numbers`, async () => isRight(await shown()), {
        explain: async () => `${query.expr}: ${JSON.stringify((await shown()).samples, null, 1)}`,
      });
    }
  },
);

async function exposedBy(controller: Program): Promise<string> {
  return await (await fetch(`${metricsUrlOf(controller)}/metrics`)).text();
}

/** What promtool says of metrics. */
async function checkMetrics(exposed: string): Promise<string> {
  const promtool = spawn(pathOf("promtool"), ["check", "metrics"]);
  const said = Promise.all([text(promtool.stdout), text(promtool.stderr)]);
  promtool.stdin.end(exposed);
  return (await said).join("");
}

/** Whether there is a series, with every label that the legend shows. */
async function isAnswered(prometheus: Prometheus, { expr, legend }: DashboardQuery): Promise<boolean> {
  const series = await prometheus.query(expr);
  return series.length > 0 && series.every((labels) => legend.every((label) => labels[label] !== undefined));
}
