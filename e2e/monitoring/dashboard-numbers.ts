import { isDeepStrictEqual } from "node:util";
import type { Sample } from "./prometheus.ts";
import type { DashboardQuery } from "./shipped.ts";

/** What a dashboard must show once one halt was held, its image was listed, and the node recovered; its page still waits. */
export interface Expected {
  readonly namespace: string;
  /** What the controllers themselves say on `/metrics`, as lines of all of them. */
  readonly exposed: readonly string[];
}

/** Seconds that the dashboard's rates look back. */
const WINDOW = 300;
const SWAPPED = ["Swapping", "Recreating", "Recovering", "Recovered"];

/** Whether the samples of a query are the numbers that they must be. A panel that is not known here is an error. */
export function showsNumbers(query: DashboardQuery, samples: readonly Sample[], expected: Expected): boolean {
  const values = samples.map(({ value }) => value);
  const by = (label: string) =>
    Object.fromEntries(samples.map(({ labels, value }) => [labels[label], value]));
  switch (query.panel) {
    case "Halts by phase":
      return isDeepStrictEqual(by("phase"), { Recovered: 1 });
    case "Held, and why":
      return samples.length === 0;
    case "Pages that wait":
      return isDeepStrictEqual(by("namespace"), { [expected.namespace]: 1 });
    case "Objects watched":
      return isDeepStrictEqual(by("resource"), { halts: 1, pods: 1, policies: 1, records: 1 });
    case "Journal steps": {
      // A rate takes a little more, as it looks past the first and the last scrape.
      const steps = by("phase");
      return SWAPPED.every((phase) => Math.round((steps[phase] ?? 0) * WINDOW) === 1) && steps.Failed === 0;
    }
    case "Halt seen to swap decided":
      return isQuantile(query, values, "upgrade_halt_detected_to_swapping_seconds", expected);
    case "Halt seen to node recovered":
      return isQuantile(query, values, "upgrade_halt_detected_to_recovered_seconds", expected);
    case "API requests":
      return (
        isCounted(values, "upgrade_halt_api_request_seconds_count", expected) &&
        samples.some(({ labels, value }) => labels.verb === "PATCH" && labels.code === "200" && value > 0)
      );
    case "API latency p99":
      // A verb that was not used has none.
      return values.some((value) => value > 0) && values.every((value) => !(value > 60));
    case "Reconciles and queue":
      if (query.legend.length === 0) return isDeepStrictEqual(values, [0]);
      return (
        isCounted(values, "upgrade_halt_reconciles_total", expected) &&
        samples.some(({ labels, value }) => labels.kind === "pod" && labels.outcome === "done" && value > 0)
      );
    case "Watches begun anew":
      return isCounted(values, "upgrade_halt_watch_restarts_total", expected);
    case "Memory, and who leads":
      if (query.expr === "upgrade_halt_leading") return isDeepStrictEqual(values.toSorted(), [0, 1]);
      return values.length === 2 && values.every((value) => value > 20e6 && value < 2e9);
    default:
      throw new Error(`nothing says which numbers the panel "${query.panel}" must show`);
  }
}

/** A rate counts no more than the controllers did, all in all: what they counted before their first scrape is missing. */
function isCounted(rates: readonly number[], metric: string, { exposed }: Expected): boolean {
  const counted = sum(valuesOf(metric, exposed));
  return rates.every((rate) => rate >= 0) && Math.round(sum(rates) * WINDOW) <= counted * 1.2 + 1;
}

/** Of one observation, a quantile lies at that share of the bucket that the observation is in. */
function isQuantile(
  { expr }: DashboardQuery,
  values: readonly number[],
  metric: string,
  { exposed }: Expected,
): boolean {
  const share = Number(/histogram_quantile\(([\d.]+)/.exec(expr)?.[1]);
  const observed = sum(valuesOf(`${metric}_sum`, exposed));
  const bounds = [0, ...bucketsOf(metric, exposed)];
  const upper = bounds.findIndex((bound) => observed <= bound);
  const [low = 0, high = 0] = bounds.slice(upper - 1, upper + 1);
  const [value = Number.NaN, ...others] = values;
  return others.length === 0 && Math.abs(value - (low + share * (high - low))) < 1e-6;
}

function bucketsOf(metric: string, exposed: readonly string[]): readonly number[] {
  const bounds = exposed.flatMap(
    (line) => new RegExp(`^${metric}_bucket\\{le="([\\d.]+)"`).exec(line)?.[1] ?? [],
  );
  return [...new Set(bounds.map(Number))];
}

function valuesOf(metric: string, exposed: readonly string[]): readonly number[] {
  const lines = exposed.filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`));
  return lines.map((line) => Number(line.split(" ").at(-1)));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
