/**
 * How many `GET /status` a second, with 50 connections, from: bare `node:http` with the same bytes (the limit), the mock
 * node healthy, halted, and with a populating that faults, and a real CometBFT node. Every server gets the same load
 * in turn, in short slices and an order that turns around from round to round, so that what else the machine does falls on
 * all of them; the figures are medians over the rounds. What the field costs is measured by itself, in `status-field.ts`, since
 * a healthy node and a halted one differ in more: only one of them makes blocks. Exits with 1 where a target is missed. Size:
 * --seconds of a slice (2), --rounds (6); of the field's part --processes (7), --turns (160); --seed for its order.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { seededRandom } from "@upgrade-halt/testing";
import { Cleanup } from "../harness/cleanup.ts";
import { progressTo } from "./controller/progress.ts";
import { fieldCost } from "./status-cost.ts";
import { cpuMicros } from "./status-cpu.ts";
import { measureField } from "./status-field.ts";
import { type Figures, figuresOf, judge, type Load, printTable } from "./status-report.ts";
import { bareServer, cometBft, haltedMockNode, mockNode, type StatusServer } from "./status-servers.ts";

const AUTOCANNON = createRequire(import.meta.url).resolve("autocannon");
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "6" },
    processes: { type: "string", default: "7" },
    turns: { type: "string", default: "160" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 2 ** 31)}` },
  },
});

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

async function startAll(folder: string, cleanup: Cleanup): Promise<readonly StatusServer[]> {
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

async function loadInTurn(servers: readonly StatusServer[]): Promise<readonly Figures[]> {
  for (const server of servers) await load(server, "1");
  const loads: Load[][] = servers.map(() => []);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    progress(`the servers: ${round} of ${values.rounds} rounds`);
    const turns = round % 2 === 0 ? [...servers.entries()].reverse() : servers.entries();
    for (const [index, server] of turns) loads[index]?.push(await load(server, values.seconds));
  }
  return figuresOf(servers, loads);
}

const progress = progressTo(process.stderr);
const cleanup = new Cleanup();
const folder = mkdtempSync(join(tmpdir(), "bench-status-"));
cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
try {
  const size = { processes: Number(values.processes), turns: Number(values.turns) };
  const turns = await measureField(size, folder, seededRandom(Number(values.seed)), progress);
  const figures = await loadInTurn(await startAll(folder, cleanup));
  printTable(figures);
  process.stdout.write(
    "A healthy node makes a block every 400 ms beside that, a halted one none; so the field's cost is measured apart: one\n" +
      `node's state behind three servers, of which one shows the field, in each of ${values.processes} processes and ${values.turns} turns\n` +
      `(--seed ${values.seed}). Its figure is the median of the processes, with the least and the greatest.\n`,
  );
  if (!judge(figures, fieldCost(turns))) process.exitCode = 1;
} finally {
  await cleanup.run();
}
