import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { EventLog } from "../src/events/event-log.ts";
import { startBase } from "../src/scenario/base.ts";
import { imageOf } from "../src/scenario/condition.ts";
import { ScenarioSchema } from "../src/scenario/schema.ts";
import { type Setup, startSetup } from "../src/scenario/setup.ts";
import { CONTAINER, type HaltView, haltsOf } from "../src/scenario/situation.ts";
import { waitFor } from "../src/scenario/wait.ts";

const HELP = `Usage: pnpm run bench:swaps

20 nodes of one chain halt one after the other on the embedded cluster: how long after the end of its process each halt
is recorded, its swap issued, its pod replaced and its height passed, and what the controller costs. Takes a minute.
Exits with 1 where the target is missed.
`;
const HALTS = 20;
const HEIGHT = 400;
/** Blocks (of 100 ms) before the first node halts: time for all processes to start. */
const RUN_UP = 150;
/** Blocks between one halt and the next. */
const APART = 6;
const DEADLINE_MS = 120_000;
/** The most that half of the swaps may take from the end of the process, on an idle machine. */
const SWAP_P50_MS = 50;
const CLOCK_TICKS_PER_SECOND = 100;

readArguments();
/** When the processes of a pod's node ended, by the pod's UID, in order. */
const endsOf = new Map<string, number[]>();
const startedAt: { readonly node: string; readonly at: number }[] = [];
let controllerPid = 0;

const eventLog = new EventLog([
  (event) => {
    if (event.kind === "controller-started") controllerPid = event.pid;
    if (event.kind === "node-started") startedAt.push({ node: event.node, at: Date.parse(event.at) });
  },
]);

const base = await startBase((event) => eventLog.tell(event), {
  onContainerEnd: (podUid, container, at) => {
    if (container === CONTAINER) endsOf.set(podUid, [...(endsOf.get(podUid) ?? []), at]);
  },
});
try {
  const setup = await startSetup({ base, scenario: scenario(), eventLog }, new AbortController().signal);
  try {
    const began = Date.now();
    const cpuBefore = cpuSeconds(controllerPid);
    await recovered(setup);
    report(setup, cpuSeconds(controllerPid) - cpuBefore, (Date.now() - began) / 1000);
  } finally {
    await setup.stop();
  }
} finally {
  await base.stop();
}

/** 20 nodes, each nearer to the plan's height than the one after it; the policy lets every one swap at once. */
function scenario() {
  return ScenarioSchema.parse({
    title: "20 halts",
    question: "How long does a halt take?",
    plans: [
      { name: "v6.7", height: HEIGHT },
      { name: "v6.8", height: 1_000_000 },
    ],
    nodes: Array.from({ length: HALTS }, (_, index) => ({
      name: `node-${index}`,
      args: ["--initial-height", String(HEIGHT - RUN_UP - APART * index)],
    })),
    policy: {
      maxConcurrent: HALTS,
      upgrades: [{ planName: "v6.7", height: HEIGHT, image: imageOf("v6.7") }],
    },
    steps: [{ wait: { for: "the end", ready: HALTS } }],
    expect: [{ text: "all are ready", ready: HALTS }],
  });
}

function readArguments(): void {
  try {
    const { values } = parseArgs({ options: { help: { type: "boolean" } } });
    if (!values.help) return;
    process.stdout.write(HELP);
    process.exit(0);
  } catch (error) {
    const why = error instanceof Error ? error.message.split(". ")[0] : String(error);
    process.stderr.write(`bench:swaps: ${why} (see --help)\n`);
    process.exit(64);
  }
}

async function recovered({ watcher }: Setup): Promise<void> {
  let told = -1;
  const isDone = (): boolean => {
    const count = haltsOf(watcher).filter(({ phase }) => phase === "Recovered").length;
    if (count > told) process.stderr.write(`${count} of ${HALTS} halts recovered\n`);
    told = Math.max(told, count);
    return count >= HALTS;
  };
  const { signal } = new AbortController();
  await waitFor([watcher.halts], isDone, { what: `${HALTS} recoveries`, deadlineMs: DEADLINE_MS, signal });
}

function report({ watcher }: Setup, cpu: number, seconds: number): void {
  const since = (time: (halt: HaltView, end: number) => number | undefined): readonly number[] =>
    haltsOf(watcher).flatMap((halt) => {
      const end = haltEnd(halt);
      const at = end === undefined ? undefined : time(halt, end);
      return end === undefined || at === undefined ? [] : [at - end];
    });
  const step = (name: string) => (halt: HaltView) => halt.steps.find(({ phase }) => phase === name)?.at;
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ["recorded", since(step("Recorded"))],
    ["swap issued", since((halt, end) => watcher.imageChangeAfter(halt.node, end))],
    [
      "pod replaced",
      since((halt, end) => startedAt.find(({ node, at }) => node === halt.node && at > end)?.at),
    ],
    ["height passed", since(step("Recovered"))],
  ];
  print("milliseconds after the process ended", "halts", "p50", "p95");
  for (const [name, values] of rows) {
    print(name, String(values.length), String(quantile(values, 0.5)), String(quantile(values, 0.95)));
  }
  const swap = quantile(rows[1]?.[1] ?? [], 0.5);
  const met = swap <= SWAP_P50_MS;
  process.stdout.write(`${met ? "met" : "MISSED"}: swap issued, p50 at most ${SWAP_P50_MS} ms\n`);
  if (!met) process.exitCode = 1;
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${controllerPid}/status`, "utf8"))?.[1];
  process.stdout.write(
    `controller: ${Math.round(Number(memory) / 1024)} MiB RSS, ${cpu.toFixed(2)} s CPU over ${seconds.toFixed(0)} s\n`,
  );
}

/** The end of the process that was the halt: a node may have ended for another reason before, and been restarted. */
function haltEnd({ podUid, steps }: HaltView): number | undefined {
  const recorded = steps.find(({ phase }) => phase === "Recorded")?.at;
  return endsOf.get(podUid)?.findLast((at) => recorded === undefined || at <= recorded);
}

function print(name: string, ...cells: readonly string[]): void {
  process.stdout.write(`${name.padEnd(38)}${cells.map((cell) => cell.padStart(8)).join("")}\n`);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** User and system time of a process so far (proc(5), fields 14 and 15 of stat). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
