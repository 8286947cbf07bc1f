import { median } from "./controller/samples.ts";
import type { FieldCost, Spread } from "./status-cost.ts";
import type { StatusServer } from "./status-servers.ts";

/** What came of one slice of load on one server. */
export interface Load {
  readonly perSecond: number;
  readonly p99: number;
  readonly failures: number;
  /** Microseconds of processor time that the server took for a request; not a number where there is no /proc. */
  readonly cpu: number;
}

/** A server's figures: the medians over the rounds. */
export interface Figures extends Load {
  readonly name: string;
  readonly ofLimit: number;
}

export function figuresOf(
  servers: readonly Pick<StatusServer, "name">[],
  loads: readonly (readonly Load[])[],
): readonly Figures[] {
  const medianOf = (rounds: readonly Load[], of: (round: Load) => number): number => median(rounds.map(of));
  const limit = medianOf(loads[0] ?? [], ({ perSecond }) => perSecond);
  return servers.map(({ name }, index) => {
    const rounds = loads[index] ?? [];
    const perSecond = medianOf(rounds, (round) => round.perSecond);
    return {
      name,
      perSecond,
      ofLimit: perSecond / limit,
      p99: medianOf(rounds, ({ p99 }) => p99),
      cpu: medianOf(rounds, ({ cpu }) => cpu),
      failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
    };
  });
}

/** One line for each server. */
export function printTable(figures: readonly Figures[]): void {
  const columns = ["req/s", "of limit", "p99 ms", "CPU µs/req"].map((title) => title.padStart(12));
  process.stdout.write(`${"server".padEnd(22)}${columns.join("")}\n`);
  for (const { name, perSecond, ofLimit, p99, cpu, failures } of figures) {
    const cells = [perSecond.toFixed(0), ofLimit.toFixed(2), `${p99}`, cpu.toFixed(1)];
    const row = cells.map((cell) => cell.padStart(12)).join("");
    process.stdout.write(`${name.padEnd(22)}${row}${failures > 0 ? `  ${failures} failed` : ""}\n`);
  }
}

/** The most that the field may cost, as a share of a request. */
const FIELD_TARGET = 0.02;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const span = ({ median: middle, least, greatest }: Spread): string =>
  `${percent(middle)} (${percent(least)} to ${percent(greatest)})`;

/** Prints each target with what was measured; whether all were met. */
export function judge(figures: readonly Figures[], { cost, noise }: FieldCost): boolean {
  const nodes = figures.filter(({ name }) => name.startsWith("mock node"));
  const slowest = Math.min(...nodes.map(({ perSecond }) => perSecond));
  const ofLimit = Math.min(...nodes.map((node) => node.ofLimit));
  const comet = figures.at(-1)?.perSecond ?? Number.NaN;
  const isQuiet = Math.abs(noise.median) <= FIELD_TARGET;
  const targets: readonly [boolean, string][] = [
    [
      cost.median <= FIELD_TARGET && isQuiet,
      `the field costs at most 2 % of a request: ${span(cost)}; the method's own noise, without any field: ` +
        `${span(noise)}${isQuiet ? "" : ", so this machine is too restless to tell"}`,
    ],
    [
      slowest >= comet,
      `every mock node has at least CometBFT's throughput: ${(slowest / comet).toFixed(2)} times`,
    ],
    [ofLimit >= 0.7, `every mock node has at least 0.7 of the limit: ${ofLimit.toFixed(2)}`],
  ];
  for (const [isMet, target] of targets) process.stdout.write(`${isMet ? "met" : "MISSED"}: ${target}\n`);
  return targets.every(([isMet]) => isMet);
}
