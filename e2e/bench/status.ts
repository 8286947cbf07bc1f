/**
 * How many `GET /status` a second, with 50 connections, from: bare `node:http` with the same bytes (the limit), the mock
 * node healthy, halted, and with a populating that faults, and a real CometBFT node. Every server gets the same load
 * in turn, in short slices and an order that turns around from round to round, so that what else the machine does falls on
 * all of them; the figures are medians over the rounds. Exits with 1 where a target is missed. Size: --seconds of a slice
 * (2), --rounds (15), which makes half a minute for each server.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { Cleanup } from "../harness/cleanup.ts";
import { bareServer, cometBft, haltedMockNode, mockNode, type StatusServer } from "./status-servers.ts";

const AUTOCANNON = createRequire(import.meta.url).resolve("autocannon");
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "2" }, rounds: { type: "string", default: "15" } },
});

interface Load {
  readonly perSecond: number;
  readonly p99: number;
  readonly failures: number;
  /** Microseconds of processor time that the server took for a request; not a number where there is no /proc. */
  readonly cpu: number;
}

async function load({ url, program }: StatusServer, seconds: string): Promise<Load> {
  const args = [AUTOCANNON, "--json", "--connections", "50", "--duration", seconds, url];
  const before = cpuMicros(program.pid);
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const cpu = cpuMicros(program.pid) - before;
  const { requests, latency, errors, timeouts, non2xx } = JSON.parse(stdout);
  return {
    perSecond: requests.average,
    p99: latency.p99,
    failures: errors + timeouts + non2xx,
    cpu: cpu / requests.total,
  };
}

/** The processor time that a process has taken, in user and kernel mode (proc(5): ticks of 10 ms). */
function cpuMicros(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

async function startAll(cleanup: Cleanup): Promise<readonly StatusServer[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-status-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const kept = <T extends StatusServer>(server: T): T => {
    cleanup.add(() => server.program.stop());
    return server;
  };
  const healthy = kept(await mockNode("mock node, healthy", folder));
  const body = await (await fetch(healthy.url)).text();
  return [
    kept(await bareServer(folder, body)),
    healthy,
    kept(await haltedMockNode("mock node, halted", folder)),
    kept(await mockNode("mock node, faulting", folder, ["--fault-populate"])),
    kept(await cometBft(folder)),
  ];
}

/** A server's figures: the medians over the rounds. */
interface Figures extends Load {
  readonly name: string;
  readonly ofLimit: number;
}

function figuresOf(
  servers: readonly StatusServer[],
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

function printTable(figures: readonly Figures[]): void {
  const columns = ["req/s", "of limit", "p99 ms", "CPU µs/req"].map((title) => title.padStart(12));
  process.stdout.write(`${"server".padEnd(22)}${columns.join("")}\n`);
  for (const { name, perSecond, ofLimit, p99, cpu, failures } of figures) {
    const cells = [perSecond.toFixed(0), ofLimit.toFixed(2), `${p99}`, cpu.toFixed(1)];
    const row = cells.map((cell) => cell.padStart(12)).join("");
    process.stdout.write(`${name.padEnd(22)}${row}${failures > 0 ? `  ${failures} failed` : ""}\n`);
  }
}

/** Prints each target with what was measured; whether all were met. */
function judge(figures: readonly Figures[]): boolean {
  const [, healthy, halted] = figures;
  const cost = (of: (figures: Figures) => number): number =>
    healthy === undefined || halted === undefined ? Number.NaN : of(halted) / of(healthy) - 1;
  // Throughput swings with whatever else the machine does; the processor time of a request hardly does.
  const [time, cpu] = [cost(({ perSecond }) => 1 / perSecond), cost((server) => server.cpu)];
  const nodes = figures.filter(({ name }) => name.startsWith("mock node"));
  const slowest = Math.min(...nodes.map(({ perSecond }) => perSecond));
  const ofLimit = Math.min(...nodes.map((node) => node.ofLimit));
  const comet = figures.at(-1)?.perSecond ?? Number.NaN;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const targets: readonly [boolean, string][] = [
    [
      (Number.isNaN(cpu) ? time : cpu) <= 0.02,
      `the field costs at most 2 %: ${percent(time)} of the throughput, ${percent(cpu)} of the CPU`,
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

const cleanup = new Cleanup();
try {
  const servers = await startAll(cleanup);
  for (const server of servers) await load(server, "1");
  const loads: Load[][] = servers.map(() => []);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    process.stderr.write(`round ${round} of ${values.rounds} ...\n`);
    const turns = round % 2 === 0 ? [...servers.entries()].reverse() : servers.entries();
    for (const [index, server] of turns) loads[index]?.push(await load(server, values.seconds));
  }
  const figures = figuresOf(servers, loads);
  printTable(figures);
  if (!judge(figures)) process.exitCode = 1;
} finally {
  await cleanup.run();
}
