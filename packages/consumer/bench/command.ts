/**
 * What the command costs as a whole process, beside `node -e 0` of the same Node: CPU time (user and system), wall time and peak
 * memory. All take turns.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { onlyStarts } from "./only-starts.ts";
import { quantile } from "./quantile.ts";

const HELP = `node bench/command.ts [--rounds 15] [--json]

Prints what \`explain 70\`, \`check URL\` and \`systemd-hook\` cost as whole processes beside \`node -e 0\`: the installed program, and the
one file where package:executable has made it; and what the same files take that are only compiled, and none of them run, and
a Node that asks once. Medians, and ratios to \`node -e 0\`. Needs bash and GNU time.
Exits with 1 where one takes more than 2x the CPU or 1.3x the peak memory.
`;
const CPU_GOAL = 2;
const MEMORY_GOAL = 1.3;
const STATUS = JSON.stringify({
  node_info: { network: "pacific-1", moniker: "sei-0" },
  sync_info: { latest_block_height: "151573570", catching_up: false },
});

const GET = "require('node:http').get(process.argv[1], (response) => response.resume())";

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMb: number;
}

/** Serves a `/status` from a thread of its own: this one waits for what it measures. */
async function serve(): Promise<void> {
  const server = createServer((_, response) => response.end(STATUS)).listen(0, "127.0.0.1");
  await once(server, "listening");
  parentPort?.postMessage((server.address() as AddressInfo).port);
}

const env = {
  PATH: process.env.PATH,
  ...{ SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "70" },
};

/** One run for its times, as bash tells them to the millisecond, and one for its memory. */
function costOf(command: readonly string[]): Cost {
  const run = (...words: string[]) => {
    const { status, stderr } = spawnSync("bash", ["--norc", ...words, ...command], {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
    return stderr.trim().split(/\s+/).map(Number);
  };
  const [user = Number.NaN, system = Number.NaN, wall = Number.NaN] = run(
    "-c",
    'TIMEFORMAT="%3U %3S %3R"; time "$@"',
    "bash",
  );
  const [kib = Number.NaN] = run("-c", 'exec time --format=%M "$@"', "bash");
  return { cpuMs: (user + system) * 1_000, wallMs: wall * 1_000, peakMb: kib / 1_024 };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "15" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 3)
    throw new Error(`--rounds ${values.rounds} is no number from 3 on`);
  const server = new Worker(new URL(import.meta.url));
  const [port] = (await once(server, "message")) as [number];
  const asked = [
    ["explain", "70"],
    ["check", `http://127.0.0.1:${port}`, "--expect-not-halted"],
    ["systemd-hook"],
  ];
  const oneFile = join(
    import.meta.dirname,
    `../../../apps/executable/out/upgrade-halt-linux-${process.arch}`,
  );
  const installed = [process.execPath, join(import.meta.dirname, "../bin/upgrade-halt.js")];
  const programs = {
    installed,
    ...(existsSync(oneFile) ? { "one file": [oneFile] } : {}),
  };
  const floors = asked.map((words) => ({ words, ...onlyStarts([...installed, ...words], env) }));
  const sides = [
    { name: "node -e 0", command: [process.execPath, "-e", "0"], isFloor: true },
    ...Object.entries(programs).flatMap(([program, start]) =>
      asked.map((words) => ({
        name: `${words[0]}, ${program}`,
        command: [...start, ...words],
        isFloor: false,
      })),
    ),
    ...floors.map(({ words, kib, command }) => ({
      name: `${words[0]}'s ${kib.toFixed(0)} KiB, only compiled`,
      command,
      isFloor: true,
    })),
    {
      name: "one GET by node:http, and nothing else",
      command: [process.execPath, "-e", GET, `http://127.0.0.1:${port}/status`],
      isFloor: true,
    },
  ].map((side) => ({ ...side, costs: [] as Cost[] }));
  for (let round = 0; round < rounds; round += 1)
    for (const { command, costs } of sides) costs.push(costOf(command));
  await server.terminate();
  for (const { remove } of floors) remove();

  const of = (costs: readonly Cost[], key: keyof Cost) =>
    quantile(
      costs.map((cost) => cost[key]),
      0.5,
    );
  const [bare] = sides;
  const results = sides.map(({ name, isFloor, costs }) => {
    const [cpuMs, wallMs, peakMb] = [of(costs, "cpuMs"), of(costs, "wallMs"), of(costs, "peakMb")];
    const cpuRatio = cpuMs / of(bare?.costs ?? [], "cpuMs");
    const memoryRatio = peakMb / of(bare?.costs ?? [], "peakMb");
    return {
      name,
      cpuMs,
      wallMs,
      peakMb,
      cpuRatio,
      memoryRatio,
      isFloor,
      met: cpuRatio <= CPU_GOAL && memoryRatio <= MEMORY_GOAL,
    };
  });
  const lines = results.map(({ name, cpuMs, wallMs, peakMb, cpuRatio, memoryRatio, isFloor, met }, i) => {
    const figures = `${cpuMs.toFixed(1)} ms CPU, ${wallMs.toFixed(0)} ms, ${peakMb.toFixed(1)} MB`;
    const ratios = `${cpuRatio.toFixed(2)}x CPU, ${memoryRatio.toFixed(2)}x memory`;
    const verdict = isFloor ? "" : `: ${met ? "met" : "MISSED"}`;
    return `${name.padEnd(38)} ${figures}${i === 0 ? "" : `; ${ratios}${verdict}`}\n`;
  });
  const goals = `goals: at most ${CPU_GOAL}x the CPU and ${MEMORY_GOAL}x the peak memory of node -e 0; medians of ${rounds} rounds\n`;
  process.stdout.write(
    values.json ? `${JSON.stringify({ rounds, results })}\n` : `${lines.join("")}${goals}`,
  );
  return results.every(({ met, isFloor }) => met || isFloor) ? 0 : 1;
}

if (isMainThread) process.exitCode = await main();
else await serve();
