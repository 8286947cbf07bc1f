import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * `node bench/announce.ts [--turns 5] [--mb 100]`: a log through `exec --announce` beside the same through a bare pipe, and through two
 * programs that only copy: what a second pipe costs at least, with `cat`, and what it costs in Node, with a program that looks at
 * nothing. All in turns, into a reader that is quicker than Node and into one in Node. Then the memory that exec takes at 100 MB and
 * at 1 GB.
 */
const { values } = parseArgs({
  options: { turns: { type: "string", default: "5" }, mb: { type: "string", default: "100" } },
});
const BYTES = Number(values.mb) * 1e6;
const MAIN = join(import.meta.dirname, "..", "bin", "upgrade-halt.js");
const LINE = "1:00PM INF executed block height=29 module=state num_invalid_txs=0 num_valid_txs=1 peer=abc";
const exec = [process.execPath, MAIN, "exec", "--announce", "--rpc", "http://127.0.0.1:1", "--"];
/** Reads and writes as exec does, through one buffer. */
const COPY = `
const { Socket } = require("node:net");
const { stdout } = process;
const take = (length, bytes) => {
  stdout.write(bytes.subarray(0, length), () => stdout.writableLength === 0 && from.resume());
  return stdout.writableLength === 0;
};
const onread = { buffer: Buffer.allocUnsafe(65536), callback: take };
const from = new Socket({ fd: 0, readable: true, writable: false, onread });
from.resume();`;

const log = (bytes: number) => `yes '${LINE}' | head -c ${bytes}`;
const into = (...program: string[]) => program.map((word) => `'${word}'`).join(" ");
/** The command that passes a log of so many bytes on, by its way. */
const WAYS = {
  "bare pipe": (bytes: number) => ["sh", "-c", log(bytes)],
  "cat between": (bytes: number) => ["sh", "-c", `${log(bytes)} | cat`],
  "Node that only copies between": (bytes: number) => [
    "sh",
    "-c",
    `${log(bytes)} | ${into(process.execPath, "-e", COPY)}`,
  ],
  "exec --announce": (bytes: number) => [...exec, "sh", "-c", log(bytes)],
} as const;

async function through(command: readonly string[]): Promise<{ ms: number; peakKib: number; bytes: number }> {
  const [file = "", ...args] = command;
  const from = performance.now();
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"] });
  let [bytes, peakKib] = [0, 0];
  const look = setInterval(() => {
    const status = readFileSync(`/proc/${child.pid}/status`, "latin1");
    peakKib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? peakKib);
  }, 100);
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  child.once("exit", () => clearInterval(look));
  await once(child, "close");
  return { ms: performance.now() - from, peakKib, bytes };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Way = (typeof WAYS)[keyof typeof WAYS];
const READERS = {
  "wc -c": (command: readonly string[]) => ["sh", "-c", `${into(...quoted(command))} | wc -c`],
  Node: (command: readonly string[]) => command,
} as const;
const quoted = (command: readonly string[]) => command.map((word) => word.replaceAll("'", `'\\''`));
const ms = async (command: readonly string[]) => (await through(command)).ms;

/** Medians in ms with the log, without those of starting and ending, which are those with none. */
async function inTurns(
  read: (command: readonly string[]) => readonly string[],
): Promise<{ moving: number; start: number }[]> {
  const taken = Object.values(WAYS).map((command: Way) => ({
    command,
    ...{ whole: [] as number[], empty: [] as number[] },
  }));
  for (let turn = 0; turn < Number(values.turns); turn += 1) {
    for (const { command, whole, empty } of taken) {
      whole.push(await ms(read(command(BYTES))));
      empty.push(await ms(read(command(0))));
    }
  }
  return taken.map(({ whole, empty }) => ({
    moving: median(whole) - median(empty),
    start: median(empty),
  }));
}

for (const [reader, read] of Object.entries(READERS)) {
  const figures = await inTurns(read);
  const bare = figures[0]?.moving ?? Number.NaN;
  console.log(
    `${BYTES / 1e6} MB of log into ${reader}, medians of ${values.turns} in turns, without starting and ending:`,
  );
  for (const [i, way] of Object.keys(WAYS).entries()) {
    const { moving = Number.NaN, start = Number.NaN } = figures[i] ?? {};
    console.log(
      `  ${way}: ${moving.toFixed(0)} ms, ${(moving / bare).toFixed(2)}x the bare pipe (start and end: ${start.toFixed(0)} ms)`,
    );
  }
}
for (const bytes of [100e6, 1e9]) {
  const { peakKib, bytes: passed } = await through(WAYS["exec --announce"](bytes));
  console.log(
    `peak memory with ${bytes / 1e6} MB (${passed} bytes passed): ${(peakKib / 1024).toFixed(0)} MiB`,
  );
}
