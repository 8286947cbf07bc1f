import type { StatusResult } from "@upgrade-halt/consumer";
import {
  type Boundary,
  Controller,
  Fence,
  LeaderElection,
  type Metrics,
  PagingHosts,
} from "@upgrade-halt/mini-controller";
import type { ApiServer } from "../server/api-server.ts";
import { type Reading, SimulatedApi } from "../server/simulated-api.ts";
import type { Random } from "../time/random.ts";
import type { Program, VirtualTime } from "../time/virtual-time.ts";
import type { Network } from "./network.ts";
import type { Pager } from "./pager.ts";

export interface ReplicaOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: Network;
  readonly server: ApiServer;
  readonly pager: Pager;
  readonly readNode: (program: Program, url: string, timeoutMs: number) => Promise<StatusResult>;
  readonly onReading: (reading: Reading) => void;
  readonly onSend: (by: string, path: string) => void;
  readonly onBoundary: (boundary: Boundary) => void;
  /** How long a lease holds that is not renewed, and how often it is. */
  readonly lease: { readonly ms: number; readonly retryMs: number };
}

const NAMESPACE = "upgrade-halt-system";

/** One process of the controller after another: what a Deployment's pod is. */
export class Replica {
  readonly #options: ReplicaOptions;
  #program: Program | undefined;
  #starts = 0;
  /** Of the machine that it runs on. */
  skewMs = 0;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    const { time, name } = this.#options;
    this.#starts += 1;
    const program: Program = { name, isAlive: true, skewMs: this.skewMs };
    this.#program = program;
    time.schedule(0, () => void this.#run(program), program);
  }

  /** Ends the process in the middle of whatever it does, and starts another after so long. */
  crash(restartMs: number): void {
    if (this.#program !== undefined) this.#program.isAlive = false;
    this.#program = undefined;
    this.#options.time.later(restartMs, () => {
      if (this.#program === undefined) this.start();
    });
  }

  skew(ms: number): void {
    this.skewMs = ms;
    if (this.#program !== undefined) this.#program.skewMs = ms;
  }

  async #run(program: Program): Promise<void> {
    const { time, server, network, onReading, onSend } = this.#options;
    const { pager, readNode, onBoundary, name, lease } = this.#options;
    const fence = new Fence((lease.ms * 2) / 3);
    const shared = { time, server, network, program, onReading, onSend };
    const controller = new Controller({
      api: new SimulatedApi({ ...shared, allowWrite: fence.check }),
      log: SILENT,
      metrics: NOTHING as Metrics,
      pages: pager.dispatcherFor(program, fence.check),
      pagingHosts: PagingHosts.parse("*.example"),
      onBoundary,
      readNode: (url, { timeoutMs }) => readNode(program, url, timeoutMs),
    });
    const election = new LeaderElection({
      api: new SimulatedApi(shared),
      namespace: NAMESPACE,
      name: "lease",
      identity: `${name}-${this.#starts}`,
      fence,
      leaseMs: lease.ms,
      retryMs: lease.retryMs,
      onProblem: () => {},
    });
    const never = new AbortController().signal;
    await controller.sync();
    await election.acquire(never);
    controller.work();
    await election.hold(never);
    this.crash(1_000);
  }
}

const nothing = (): unknown => NOTHING;
/** Metrics that nobody reads. */
const NOTHING: unknown = new Proxy(nothing, { get: () => NOTHING });
const ignore = () => {};
const SILENT = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
} as unknown as ConstructorParameters<typeof Controller>[0]["log"];
