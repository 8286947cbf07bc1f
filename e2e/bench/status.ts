/**
 * How many `GET /status` a second, with 50 connections, from: bare `node:http` with the same bytes (the limit), the mock
 * node healthy, halted, and with a populating that faults, and a real CometBFT node. Every server gets the same load
 * in turn, round after round; the figures are medians over the rounds. Size: --seconds (10), --rounds (3).
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
  options: { seconds: { type: "string", default: "10" }, rounds: { type: "string", default: "3" } },
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

function report(servers: readonly StatusServer[], loads: readonly (readonly Load[])[]): void {
  const limit = median((loads[0] ?? []).map(({ perSecond }) => perSecond));
  const columns = ["req/s", "of limit", "p99 ms", "CPU µs/req"].map((title) => title.padStart(12));
  process.stdout.write(`${"server".padEnd(22)}${columns.join("")}\n`);
  for (const [index, { name }] of servers.entries()) {
    const rounds = loads[index] ?? [];
    const perSecond = median(rounds.map((round) => round.perSecond));
    const p99 = median(rounds.map((round) => round.p99));
    const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
    const cpu = median(rounds.map((round) => round.cpu));
    const cells = [perSecond.toFixed(0), (perSecond / limit).toFixed(2), `${p99}`, cpu.toFixed(1)];
    const row = cells.map((cell) => cell.padStart(12)).join("");
    process.stdout.write(`${name.padEnd(22)}${row}${failures > 0 ? `  ${failures} failed` : ""}\n`);
  }
  const [, healthy = [], halted = []] = loads;
  const cost = (of: (round: Load) => number): string =>
    `${(median(healthy.map((round, index) => of(halted[index] ?? round) / of(round) - 1)) * 100).toFixed(1)} %`;
  process.stdout.write(
    `the field costs ${cost(({ perSecond }) => 1 / perSecond)} of the throughput, ${cost(({ cpu }) => cpu)} of the CPU (medians of the rounds)\n`,
  );
}

const cleanup = new Cleanup();
try {
  const servers = await startAll(cleanup);
  for (const server of servers) await load(server, "1");
  const loads: Load[][] = servers.map(() => []);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [index, server] of servers.entries()) loads[index]?.push(await load(server, values.seconds));
  }
  report(servers, loads);
} finally {
  await cleanup.run();
}
