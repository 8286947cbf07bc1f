/**
 * Mutated requests (methods, paths, JSON-RPC bodies, huge and unfinished bodies, header floods, bytes that are no HTTP)
 * against a running node: every answer must be valid for its kind, the node must serve to the end, its memory must stay
 * bounded. Size: --runs (100,000), --seed (the time); the seed is printed and repeats the campaign.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCampaign } from "../src/testing/fuzz/campaign.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: `${Date.now() >>> 0}` },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
/** The node's memory at rest is some 100 MB; bodies of 32 connections at a time come on top. */
const MAX_RSS_MB = 512;

function rssMb(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const home = mkdtempSync(join(tmpdir(), "fuzz-rpc-"));
const program = join(import.meta.dirname, "../src/main.ts");
const args = ["start", "--home", home, "--rpc.laddr", "tcp://127.0.0.1:0", "--block-time", "50ms"];
const node = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const [line] = await once(node.stdout, "data");
  const url = String(line).trim().split(" ").at(-1) ?? "";
  process.stdout.write(`fuzz:rpc --seed ${seed} --runs ${runs}\n`);
  const rss: number[] = [];
  const started = performance.now();
  const report = await runCampaign({
    port: Number(new URL(url).port),
    seed,
    runs,
    onProgress: () => rss.push(rssMb(node.pid)),
  });
  const seconds = (performance.now() - started) / 1_000;
  const isServing = (await fetch(`${url}/health`)).ok;
  const peak = Math.max(...rss);
  process.stdout.write(
    `${report.requests} requests in ${seconds.toFixed(0)} s: ${JSON.stringify(report.kinds)}\n`,
  );
  process.stdout.write(
    `memory ${rss[0]?.toFixed(0)} MB at first, ${peak.toFixed(0)} MB at most, ${rssMb(node.pid).toFixed(0)} MB now\n`,
  );
  for (const finding of report.findings) process.stdout.write(`${JSON.stringify(finding)}\n`);
  if (report.findings.length > 0 || !isServing || peak > MAX_RSS_MB) process.exitCode = 1;
  process.stdout.write(process.exitCode === 1 ? "FAILED\n" : "every answer was valid\n");
} finally {
  node.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}
