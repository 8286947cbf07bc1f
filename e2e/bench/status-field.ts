import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";
import { Cleanup } from "../harness/cleanup.ts";
import type { Turn } from "./status-cost.ts";
import { cpuMicros } from "./status-cpu.ts";
import type { Slice } from "./status-load.ts";

const REQUESTS = 1_000;
/** After this many requests to each server, the code that answers them has been compiled. */
const WARM_UP = 24_000;
/** Two servers of one process without the field, and one with it. */
const SERVERS = ["without", "again", "with"] as const;

export interface FieldSize {
  readonly processes: number;
  readonly turns: number;
}

/**
 * Measures what a `/status` request costs with the field and without it: one node's state behind three servers in one process, which
 * differ in the intent alone, asked in short slices of a random order. Processes differ from each other by more than the field
 * can cost, so no slice is compared with one of another process, and several are started. Slices are told in CPU
 * microseconds a request; where there is no /proc, in microseconds.
 */
export async function measureField(
  { processes, turns }: FieldSize,
  folder: string,
  random: () => number,
  progress: (text: string) => void,
): Promise<readonly (readonly Turn[])[]> {
  const load = fork(join(import.meta.dirname, "status-load.ts"));
  try {
    const measured: (readonly Turn[])[] = [];
    for (let number = 1; number <= processes; number += 1) {
      const say = (turn: number): void =>
        progress(`the field's cost: ${number} of ${processes} processes, ${turn} of ${turns} turns`);
      measured.push(await measureProcess(load, join(folder, `field-${number}`), turns, random, say));
    }
    return measured;
  } finally {
    load.kill();
  }
}

async function measureProcess(
  load: ChildProcess,
  home: string,
  turns: number,
  random: () => number,
  progress: (turn: number) => void,
): Promise<readonly Turn[]> {
  const mockNode = dirname(createRequire(import.meta.url).resolve("@upgrade-halt/mock-node/package.json"));
  const script = join(mockNode, "bench", "field-servers.ts");
  const program = await startProgram("field servers", process.execPath, [script, home], {
    ready: ({ lines }) => lines()[0],
  });
  const cleanup = new Cleanup();
  cleanup.add(() => program.stop());
  try {
    const urls: Readonly<Record<keyof Turn, string>> = JSON.parse(program.lines()[0] ?? "");
    const cost = (server: keyof Turn, requests: number): Promise<number> =>
      costOfSlice(load, { url: urls[server], requests }, program.pid);
    for (let asked = 0; asked < WARM_UP; asked += REQUESTS) {
      for (const server of SERVERS) await cost(server, REQUESTS);
    }
    const measured: Turn[] = [];
    for (let turn = 1; turn <= turns; turn += 1) {
      progress(turn);
      const slices = { without: 0, again: 0, with: 0 };
      for (const server of shuffled(SERVERS, random)) slices[server] = await cost(server, REQUESTS);
      measured.push(slices);
    }
    return measured;
  } finally {
    await cleanup.run();
  }
}

async function costOfSlice(load: ChildProcess, slice: Slice, pid: number): Promise<number> {
  const [cpu, time] = [cpuMicros(pid), performance.now()];
  load.send(slice);
  const [{ failures }] = await once(load, "message");
  if (failures > 0) throw new Error(`${failures} of ${slice.requests} requests to ${slice.url} failed`);
  const taken = cpuMicros(pid) - cpu;
  return (Number.isNaN(taken) ? (performance.now() - time) * 1000 : taken) / slice.requests;
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
