import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Reach, ReachMessage } from "../network/reach.ts";
import type { Lifeline } from "../process/lifeline.ts";
import { SandboxError } from "../sandbox-error.ts";

const READY_DEADLINE_MS = 30_000;
const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 5_000;
/** Long enough for a loaded machine to renew it in time. */
const LEASE_SECONDS = "10";
const STOP_GRACE_MS = 5_000;
/** It has one namespace to watch: a small young generation does. */
const SMALL: readonly string[] = ["--max-semi-space-size=2"];
/** As it was built, or as it is run from its source. */
const NODE_NETWORK = new URL(
  `../network/node-network${extname(fileURLToPath(import.meta.url))}`,
  import.meta.url,
).href;

export interface ControllerOptions {
  readonly kubeconfig: string;
  /** The one namespace that it watches. */
  readonly namespace: string;
  /** Whether it is one of several, which elect a leader by a Lease in the namespace. */
  readonly elects: boolean;
  /** Ends the controller should this process be killed. */
  readonly lifeline: Lifeline;
  readonly onStart: (pid: number) => void;
  /** It ended without being asked to. */
  readonly onEnd: (pid: number, exit: string) => void;
}

/** The mini-controller as a process of its own, started again whenever it ends, as a Deployment would. */
export class ControllerProcess {
  readonly #options: ControllerOptions;
  #child: ChildProcess | undefined;
  #isStopping = false;
  #restarts = 0;
  #reach: Reach = "all";
  #lastLine = "";

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  /** Resolves when the controller is ready, or `signal` aborts. @throws SandboxError with its last words. */
  async start(signal: AbortSignal): Promise<void> {
    const ready = this.#spawn();
    const deadline = delay(READY_DEADLINE_MS, "late" as const, { ref: false });
    const aborted = once(signal, "abort").then(() => "ready" as const);
    const outcome = await Promise.race([ready, deadline, aborted]);
    if (outcome === "ready") return;
    await this.stop();
    const why = outcome === "late" ? `it was not ready after ${READY_DEADLINE_MS / 1000} s` : this.#lastLine;
    throw new SandboxError(`the controller can't start: ${why}`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Says which nodes it can reach from now on, and after each restart. */
  setReach(reach: Reach): void {
    this.#reach = reach;
    this.#tellReach();
  }

  #tellReach(): void {
    const child = this.#child;
    // One that has just ended hears it no more; its successor is told at its start.
    const message: ReachMessage = { reach: this.#reach };
    if (child?.connected === true) child.send(message, () => undefined);
  }

  /** SIGKILL, as the machine's end would; it is started again. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
    await exit;
    clearTimeout(kill);
  }

  /** Starts the program once; resolves when it says it is ready or has ended. */
  #spawn(): Promise<"ready" | "ended"> {
    const args = [
      "run",
      "--kubeconfig",
      this.#options.kubeconfig,
      "--metrics-addr",
      "127.0.0.1:0",
      "--log-format",
      "json",
      "--paging-hosts",
      "http://127.0.0.1:*",
      "--namespace",
      this.#options.namespace,
      ...(this.#options.elects
        ? ["--leader-elect", "--leader-namespace", this.#options.namespace, "--lease-seconds", LEASE_SECONDS]
        : []),
    ];
    const child = spawn(
      process.execPath,
      [...SMALL, "--import", NODE_NETWORK, controllerProgram(), ...args],
      {
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        detached: true,
      },
    );
    this.#child = child;
    child.channel?.unref();
    this.#tellReach();
    const pid = child.pid ?? 0;
    this.#options.lifeline.hold(pid);
    const { promise, resolve } = Promise.withResolvers<"ready" | "ended">();
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        this.#lastLine = line;
        if (isReadyLine(line)) resolve("ready");
      });
    }
    this.#options.onStart(pid);
    child.once("exit", (code, signal) => {
      resolve("ended");
      this.#options.lifeline.release(pid);
      if (!this.#isStopping) this.#options.onEnd(pid, signal ?? `exit code ${code}`);
      void this.#restart();
    });
    return promise;
  }

  async #restart(): Promise<void> {
    const wait = Math.min(FIRST_RESTART_MS * 2 ** this.#restarts, LAST_RESTART_MS);
    this.#restarts += 1;
    if (!this.#isStopping) await delay(wait);
    if (!this.#isStopping) await this.#spawn();
  }
}

function isReadyLine(line: string): boolean {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null && "msg" in entry && entry.msg === "ready";
  } catch {
    return false;
  }
}

/** The package.json of the controller: its program and its manifests lie beside it. */
export function controllerPackage(): string {
  return createRequire(import.meta.url).resolve("@upgrade-halt/mini-controller/package.json");
}

function controllerProgram(): string {
  return join(dirname(controllerPackage()), "bin", "mini-controller.js");
}
