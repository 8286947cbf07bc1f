import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** 100 MB of log through `exec --announce` beside the same through a bare pipe, in turns, and the memory it takes at 1 GB. */
const MAIN = join(import.meta.dirname, "..", "bin", "upgrade-halt.js");
const LINE = "1:00PM INF executed block height=29 module=state num_invalid_txs=0 num_valid_txs=1 peer=abc";
const exec = [process.execPath, MAIN, "exec", "--announce", "--rpc", "http://127.0.0.1:1", "--"];
const log = (bytes: number) => ["sh", "-c", `yes '${LINE}' | head -c ${bytes}`];

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
const start = [];
const [bare, announced]: [number[], number[]] = [[], []];
for (let turn = 0; turn < 5; turn += 1) {
  bare.push((await through(log(100e6))).ms);
  announced.push((await through([...exec, ...log(100e6)])).ms);
  start.push((await through([...exec, "true"])).ms);
}
const [plain, whole, boot] = [median(bare), median(announced), median(start)];
console.log(
  `100 MB of log, median of 5: bare pipe ${plain.toFixed(0)} ms, exec --announce ${whole.toFixed(0)} ms`,
);
console.log(
  `of which starting and ending exec alone ${boot.toFixed(0)} ms; ratio without it ${((whole - boot) / plain).toFixed(2)}`,
);
for (const bytes of [100e6, 1e9]) {
  const { peakKib, bytes: passed } = await through([...exec, ...log(bytes)]);
  console.log(
    `peak memory with ${bytes / 1e6} MB (${passed} bytes passed): ${(peakKib / 1024).toFixed(0)} MiB`,
  );
}
