/**
 * Mutated requests (methods, paths, JSON-RPC bodies, huge and slow and unfinished bodies, header floods, bytes that are no
 * HTTP) against a running node: every answer must be valid for its kind, the node must serve to the end, its memory must
 * stay bounded. `--help` tells its size; the seed is printed and repeats the run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSeeded, type SeededRun } from "@upgrade-halt/testing";
import { type FuzzReport, runFuzz } from "../src/testing/fuzz/fuzz-run.ts";

const PROGRAM = join(import.meta.dirname, "../src/main.ts");
/** The node's memory at rest is some 100 MB; bodies of 32 connections at a time come on top. */
const MAX_RSS_MB = 512;
const PROGRESS_EVERY = 10_000;

await runSeeded(
  {
    command: "fuzz:rpc",
    does: "sends mutated requests to a running node, and holds that every answer is valid for its kind",
    size: "runs",
    defaultSize: 100_000,
  },
  fuzz,
);

async function fuzz({ seed, size: runs }: SeededRun): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "fuzz-rpc-"));
  const args = ["start", "--home", home, "--rpc.laddr", "tcp://127.0.0.1:0", "--block-time", "50ms"];
  const node = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(node.stdout, "data");
    const url = String(line).trim().split(" ").at(-1) ?? "";
    console.log(`fuzz:rpc --seed ${seed} --runs ${runs}`);
    const rss: number[] = [];
    const report = await runFuzz({
      port: Number(new URL(url).port),
      seed,
      runs,
      onProgress: (done) => {
        rss.push(rssMb(node.pid));
        if (done % PROGRESS_EVERY === 0 && done > 0) console.error(`${done} requests sent`);
      },
    });
    const isServing = (await fetch(`${url}/health`)).ok;
    return tell(report, [...rss, rssMb(node.pid)], isServing);
  } finally {
    node.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
}

function tell({ requests, kinds, findings }: FuzzReport, rss: readonly number[], isServing: boolean): number {
  const [first, most, now] = [rss[0], Math.max(...rss), rss.at(-1)].map((mb) => mb?.toFixed(0));
  console.log(`${requests} requests: ${JSON.stringify(kinds)}`);
  console.log(
    `memory ${first} MB at first, ${most} MB at most, ${now} MB at last; ${MAX_RSS_MB} MB are allowed`,
  );
  for (const finding of findings) console.log(JSON.stringify(finding));
  const holds = findings.length === 0 && isServing && Math.max(...rss) <= MAX_RSS_MB;
  console.log(holds ? "every answer was valid" : "FAILED");
  return holds ? 0 : 1;
}

function rssMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
