import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Condition } from "../api/condition.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { isSwapping, isUnacknowledgedFailure, type NodeHalt, type Phase } from "../api/node-halt.ts";
import { namespaceOf } from "../kube/paths.ts";
import type { Stores } from "../model/stores.ts";
import { stepSeries } from "./step-series.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** Sums that Node's own metrics bring under names of counters: `promtool check metrics` refuses them, and each is there by type. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

/** What `/metrics` tells. Names are part of the interface: the dashboard and the alert rules use them. */
export class Metrics {
  readonly registry = new Registry();
  readonly reconciles = this.#counter("upgrade_halt_reconciles_total", "Keys handled.", ["kind", "outcome"]);
  readonly requests = this.#histogram("upgrade_halt_api_request_seconds", "Requests to the API server.", [
    "verb",
    "code",
  ]);
  readonly restarts = this.#counter("upgrade_halt_watch_restarts_total", "Watches begun anew.", [
    "resource",
    "reason",
  ]);
  readonly steps = this.#counter("upgrade_halt_steps_total", "Journal steps.", ["phase", "reason"]);
  readonly toSwap = this.#histogram(
    "upgrade_halt_detected_to_swapping_seconds",
    "Halt seen to swap decided.",
    [],
  );
  readonly toRecovered = this.#histogram(
    "upgrade_halt_detected_to_recovered_seconds",
    "Halt seen to node recovered.",
    [],
  );
  readonly leading = new Gauge({
    name: "upgrade_halt_leading",
    help: "1 on the leader.",
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    for (const series of stepSeries()) this.steps.inc(series, 0);
  }

  /** Gauges that are counted from the stores when somebody asks. */
  observeStores(stores: Stores, queueDepth: () => number): void {
    this.#gauge("upgrade_halt_objects", "Objects in the controller's stores.", ["resource"], (gauge) => {
      for (const [resource, store] of Object.entries(stores)) gauge.set({ resource }, store.size);
    });
    this.#gauge("upgrade_halt_queue_depth", "Keys that wait to be handled.", [], (gauge) =>
      gauge.set(queueDepth()),
    );
    const ofHalts = ["namespace", "policy", "phase", "reason"] as const;
    this.#gauge("upgrade_halt_nodehalts", "NodeHalts by phase.", ofHalts, (gauge) => {
      for (const halt of stores.halts.values()) {
        const { phase = "Detected", reason = "" } = halt.status ?? {};
        gauge.inc({ namespace: namespaceOf(halt), policy: halt.spec.policyName, phase, reason });
      }
    });
    const failures =
      "NodeHalts that ended Failed and that nobody acknowledged: what spends the error budget.";
    const ofFailures = ["namespace", "policy", "reason"] as const;
    this.#gauge("upgrade_halt_unacknowledged_failures", failures, ofFailures, (gauge) => {
      for (const halt of stores.halts.values()) {
        if (!isUnacknowledgedFailure(halt)) continue;
        const reason = halt.status?.reason ?? "";
        gauge.inc({ namespace: namespaceOf(halt), policy: halt.spec.policyName, reason });
      }
    });
    const conditions = "1 for each condition of a HaltPolicy, with its status and reason.";
    const ofConditions = ["namespace", "policy", "type", "status", "reason"] as const;
    this.#gauge("upgrade_halt_policy_condition", conditions, ofConditions, (gauge) => {
      for (const policy of stores.policies.values()) {
        const of = { namespace: namespaceOf(policy), policy: policy.metadata.name };
        for (const { type, status, reason } of shownConditions(policy))
          gauge.set({ ...of, type, status, reason }, 1);
      }
    });
    const pages = "Pages that are journaled and not delivered yet.";
    this.#gauge("upgrade_halt_pages_pending", pages, ["namespace"], (gauge) => {
      for (const halt of stores.halts.values())
        if (halt.status?.page?.state === "Pending") gauge.inc({ namespace: namespaceOf(halt) });
    });
    const expected =
      "1 while a pod's halt is one that the controller is dealing with: inhibits other alerts about it.";
    this.#gauge("upgrade_halt_expected", expected, ["namespace", "pod", "plan"], (gauge) => {
      for (const halt of stores.halts.values()) {
        if (!isExpected(halt)) continue;
        const { podName: pod, planName: plan = "" } = halt.spec;
        gauge.set({ namespace: namespaceOf(halt), pod, plan }, 1);
      }
    });
  }

  /** When each watch last gave a sign of life, as Unix time: a watch that stalls silently shows here. */
  observeContact(contacts: () => Iterable<readonly [resource: string, at: number]>): void {
    const help = "Unix time of the last sign of life of a watch.";
    this.#gauge("upgrade_halt_watch_last_contact_seconds", help, ["resource"], (gauge) => {
      for (const [resource, at] of contacts()) gauge.set({ resource }, at / 1000);
    });
  }

  /** Counts a step, and how long it took from the first sight of the halt. */
  onPhase(halt: NodeHalt, before: Phase | undefined, now: number): void {
    const { phase = "Detected", reason = "" } = halt.status ?? {};
    this.steps.inc({ phase, reason });
    if (phase === before) return;
    const seconds = Math.max(0, now - Date.parse(halt.spec.detectedAt)) / 1000;
    if (phase === "Swapping") this.toSwap.observe(seconds);
    if (phase === "Recovered") this.toRecovered.observe(seconds);
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** A gauge that is counted anew each time when somebody asks. */
  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    count: (gauge: Gauge<L>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect() {
        this.reset();
        count(this);
      },
    });
  }

  #histogram<L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> {
    return new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: SECONDS,
      registers: [this.registry],
    });
  }
}

/** The conditions in a policy's status. One that is malformed is not ready, also where the API server takes no status of it. */
function shownConditions({
  defect,
  status,
}: HaltPolicy): readonly Pick<Condition, "type" | "status" | "reason">[] {
  const conditions = status?.conditions ?? [];
  if (defect === undefined) return conditions;
  const others = conditions.filter(({ type }) => type !== "Ready");
  return [{ type: "Ready", status: "False", reason: "Malformed" }, ...others];
}

/** Reasons of a swap that goes on by itself. Any other one stops it, and its node may be down for as long as that takes. */
const GOES_ON: ReadonlySet<string | undefined> = new Set([
  undefined,
  "ImageListed",
  "WaitingForSlot",
  "SiblingsNotHalted",
  "LowerOrdinalFirst",
  "NodeStarting",
  "Recreating",
  "Recovering",
]);

/** An upgrade that goes its way: its image is being swapped, or waits for its turn. One that is held or stopped does not. */
function isExpected(halt: NodeHalt): boolean {
  const { action, phase, reason, page } = halt.status ?? {};
  if (page !== undefined && page.reason === reason) return false;
  return action === "SwapImage" && (isSwapping(halt) || phase === "Recorded") && GOES_ON.has(reason);
}
