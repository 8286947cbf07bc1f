import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { onTestFinished } from "vitest";

const PROGRAM = join(import.meta.dirname, "../main.ts");

export interface End {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A mock node in a process of its own. */
export interface RunningNode {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<End>;
  /** Where RPC listens, once the node has said so. */
  readonly url: () => Promise<string>;
  /** The body of a GET. */
  readonly get: (path: string) => Promise<string>;
  /** The first answer to `GET /status` that fits. */
  readonly status: (fits: (status: Status) => boolean) => Promise<Status>;
}

/** As much of a `/status` body as tests look at. */
export interface Status {
  readonly sync_info: { readonly latest_block_height: string };
  readonly halt_intent?: Readonly<Record<string, unknown>> | null;
}

/** Runs the program with these arguments, by `command` if one is given; it is killed when the test ends. */
export function runProgram(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  command: readonly string[] = [],
): RunningNode {
  const [file = process.execPath, ...rest] = [...command, process.execPath, PROGRAM, ...args];
  const child = spawn(file, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, "close").then(([code, signal]): End => ({ code, signal }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const url = (): Promise<string> =>
    until("the node to listen", () => {
      if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}: ${stderr}`);
      return /^RPC listening on (\S+)$/m.exec(stdout)?.[1];
    });
  const get = async (path: string): Promise<string> => (await fetch(`${await url()}${path}`)).text();
  const status = (fits: (status: Status) => boolean): Promise<Status> =>
    until("a fitting status", async () => {
      const found: Status = JSON.parse(await get("/status"));
      return fits(found) ? found : undefined;
    });
  return { child, stdout: () => stdout, stderr: () => stderr, ended, url, get, status };
}

/** A chain of 10 ms blocks with these plans, in a home that outlives its nodes. */
export interface TestChain {
  readonly home: string;
  readonly start: (image: string, ...more: readonly string[]) => RunningNode;
  /** The same chain, with each node run by this command. */
  readonly wrapped: (command: readonly string[]) => TestChain;
}

export function testChain(folder: string, plans: readonly object[]): TestChain {
  const plansFile = join(folder, "plans.json");
  writeFileSync(plansFile, JSON.stringify(plans));
  const home = join(folder, "home");
  const runBy = (command: readonly string[]): TestChain => ({
    home,
    start: (image, ...more) =>
      runProgram(
        [
          ...["start", "--home", home, "--plans", plansFile, "--image", image],
          ...["--rpc.laddr", "tcp://127.0.0.1:0", "--block-time", "10ms", ...more],
        ],
        {},
        command,
      ),
    wrapped: runBy,
  });
  return runBy([]);
}

/** Sends a signal, and resolves to how the node ended. */
export function stop(node: RunningNode, signal: NodeJS.Signals = "SIGTERM"): Promise<End> {
  node.child.kill(signal);
  return node.ended;
}

export function isHalted({ halt_intent: intent }: Status): boolean {
  return intent !== undefined;
}

/** Whether a node has come to this height. */
export function isAt(height: number): (status: Status) => boolean {
  return (status) => Number(status.sync_info.latest_block_height) >= height;
}

/** A major upgrade at 5, and another that is far away. */
export const PLANS = [
  { name: "v6.7", height: 5, info: '{"upgradeType":"major"}' },
  { name: "v6.8", height: 1_000_000, info: "" },
];
