import { growthBetween } from "@upgrade-halt/testing";
import type { Cost } from "./process-cost.ts";
import type { Row } from "./report.ts";

/** Readings of `/status`, by who asked. */
export interface Asked {
  readonly go: number;
  readonly others: number;
}

/** What each program took for this many pods. */
export interface Sample {
  readonly pods: number;
  readonly controller: Cost;
  /** client-go's informer, keeping of a pod what the controller keeps, and asking for `/status` as often. */
  readonly informer: Cost;
  /** Node with nothing to do. */
  readonly bare: Cost;
  /** Node that has loaded the controller's modules, with nothing to do. */
  readonly loaded: Cost;
  /** Readings a second. */
  readonly readings: Asked;
}

/** Most of the other side's memory for a hundredth and for all of the pods. */
const MOST = { few: 1.7, all: 1 } as const;

const POLLED = "client-go and a Go poller";

/** Samples of either kind are from the fewest pods up. */
export function rowsOf(governed: readonly Sample[], ungoverned: readonly Sample[]): readonly Row[] {
  return [
    ...governed.flatMap((sample, index) => governedRows(governed, sample, index)),
    ...ungoverned.flatMap((sample, index) => idleRows(sample, ungoverned[index - 1])),
  ];
}

function governedRows(all: readonly Sample[], sample: Sample, index: number): readonly Row[] {
  const { pods, controller, informer, bare, loaded, readings } = sample;
  const part = `${pods} pods watched and asked for /status`;
  const row = rowsBeside(part, POLLED, controller, informer);
  const floor = { what: "its modules, loaded and idle", value: loaded.rssMiB };
  const rss = { ...row("RSS", "MiB", ({ rssMiB }) => rssMiB), floor };
  const most = index === 0 ? MOST.few : index === all.length - 1 ? MOST.all : undefined;
  const before = all[index - 1];
  const perReading = (cost: Cost, perSecond: number) => (cost.cpuPercent * 10_000) / perSecond;
  return [
    most === undefined ? rss : { ...rss, target: { of: "ratio", atMost: most } },
    {
      ...row("RSS", "MiB", ({ rssMiB }) => rssMiB),
      beside: { what: "Node with nothing to do", value: bare.rssMiB },
    },
    row("RSS that is no file's", "MiB", ({ anonymousMiB }) => anonymousMiB),
    row("peak RSS", "MiB", ({ peakMiB }) => peakMiB),
    row("CPU, of a core", "%", ({ cpuPercent }) => cpuPercent),
    {
      part,
      what: "CPU for each reading, watching included",
      unit: "us",
      value: perReading(controller, readings.others),
      beside: { what: POLLED, value: perReading(informer, readings.go) },
    },
    {
      part,
      what: "each node is asked every",
      unit: "s",
      value: pods / readings.others,
      beside: { what: POLLED, value: pods / readings.go },
    },
    ...(before === undefined ? [] : growthRows({ part, what: POLLED }, before, sample, ["RSS", "CPU"])),
  ];
}

/** What may grow with the pods. */
const COSTS = {
  RSS: ({ rssMiB }: Cost) => rssMiB,
  CPU: ({ cpuPercent }: Cost) => cpuPercent,
};

/** Linear growth is the same for each pod from size to size; with cost ~ n^k, k is at most 1. */
function growthRows(
  { part, what: other }: { readonly part: string; readonly what: string },
  before: Sample,
  after: Sample,
  costs: readonly (keyof typeof COSTS)[],
): readonly Row[] {
  const perPod = (from: Cost, to: Cost) => ((to.rssMiB - from.rssMiB) * 1024) / (after.pods - before.pods);
  const exponent = (of: (cost: Cost) => number, side: "controller" | "informer") =>
    growthBetween({ size: before.pods, cost: of(before[side]) }, { size: after.pods, cost: of(after[side]) });
  const k = (cost: keyof typeof COSTS): Row => ({
    part,
    what: `${cost} ~ pods^k from ${before.pods} pods: k`,
    unit: "",
    value: exponent(COSTS[cost], "controller"),
    beside: { what: other, value: exponent(COSTS[cost], "informer") },
    target: { of: "value", atMost: 1.05 },
  });
  return [
    {
      part,
      what: `RSS more than with ${before.pods} pods, a pod`,
      unit: "KiB",
      value: perPod(before.controller, after.controller),
      beside: { what: other, value: perPod(before.informer, after.informer) },
    },
    ...costs.map(k),
  ];
}

function idleRows(sample: Sample, before: Sample | undefined): readonly Row[] {
  const { pods, controller, informer } = sample;
  const place = {
    part: `${pods} pods watched that no policy governs, idle`,
    what: "client-go, same fields",
  };
  const row = rowsBeside(place.part, place.what, controller, informer);
  return [
    row("RSS", "MiB", ({ rssMiB }) => rssMiB),
    row("peak RSS", "MiB", ({ peakMiB }) => peakMiB),
    { ...row("CPU, of a core", "%", ({ cpuPercent }) => cpuPercent), target: { of: "value", atMost: 1 } },
    // Who has nothing to do takes no CPU that could grow.
    ...(before === undefined ? [] : growthRows(place, before, sample, ["RSS"])),
  ];
}

function rowsBeside(part: string, what: string, ours: Cost, theirs: Cost) {
  return (name: string, unit: string, of: (cost: Cost) => number): Row => ({
    part,
    what: name,
    unit,
    value: of(ours),
    beside: { what, value: of(theirs) },
  });
}
