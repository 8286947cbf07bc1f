import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { PODS, pathOf } from "../client/resource-path.ts";
import { arrayAt, isObject, type JsonObject, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Lifeline } from "../process/lifeline.ts";
import type { AddressPool } from "./address-pool.ts";
import { Container } from "./container.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { inheritedFrom } from "./inherited.ts";
import type { ContainerLog } from "./log-server.ts";
import { type ContainerRole, type ContainerSpec, type PodSpec, readPodSpec } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";
import { processSpecOf } from "./process-spec.ts";
import type { BackOff } from "./restart-policy.ts";
import { StatusReporter } from "./status-reporter.ts";

/** Told when a container's process has ended, before the API server is; `at` is in milliseconds since the epoch. */
export type ContainerEndListener = (podUid: string, container: string, at: number) => void;

export interface PodWorkerContext {
  readonly client: ApiClient;
  readonly addresses: AddressPool;
  readonly events: EventRecorder;
  readonly hostIp: string;
  readonly homeDir: string;
  readonly backOff: BackOff;
  readonly lifeline: Lifeline;
  readonly onContainerEnd: ContainerEndListener;
  readonly now: () => number;
}

const RETRY_MS = 100;

/** Runs one pod from its binding to its deletion, and reports its status at every change. */
export class PodWorker {
  readonly uid: string;
  #pod: PodSpec;
  readonly #context: PodWorkerContext;
  readonly #startTime: number;
  readonly #reporter: StatusReporter;
  readonly #setUp: Promise<void>;
  #podIp = "";
  #containers: readonly Container[] = [];
  #conditions: readonly JsonObject[];
  #termination: Promise<void> | undefined;

  constructor(pod: KubeObject, context: PodWorkerContext) {
    this.#pod = readPodSpec(pod);
    this.uid = this.#pod.uid;
    this.#context = context;
    const started = Date.parse(stringAt(pod, "status", "startTime") ?? "");
    this.#startTime = Number.isNaN(started) ? context.now() : started;
    this.#conditions = arrayAt(pod, "status", "conditions").filter(isObject);
    this.#reporter = new StatusReporter(context.client, `${this.#path}/status`, this.uid, () =>
      this.#status(),
    );
    this.#setUp = this.#start().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      context.events.record(pod, "Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${why}`);
    });
  }

  /** Takes the pod as it is now. */
  update(pod: KubeObject): void {
    this.#pod = readPodSpec(pod);
    if (this.#pod.deletionGraceSeconds !== undefined) void this.terminate();
    else if (this.#pod.readinessGates.length > 0) this.#reporter.changed();
  }

  /** The log of a container's present or previous run, or why there is none. */
  log(name: string, previous: boolean): ContainerLog | { readonly refusal: string } {
    const container = this.#containers.find((one) => one.spec.name === name);
    const where = `container ${JSON.stringify(name)} in pod ${JSON.stringify(this.#pod.name)}`;
    return container?.log(previous) ?? { refusal: `${where} is waiting to start: ContainerCreating` };
  }

  /** Ends the processes within the deletion's grace period, reports the end, and lets the API server forget the pod. */
  terminate(): Promise<void> {
    this.#termination ??= this.#terminate();
    return this.#termination;
  }

  /** The API server has forgotten the pod: ends what still runs. */
  async vanish(graceMs: number): Promise<void> {
    this.#reporter.stop();
    await this.#stopProcesses(graceMs);
    await this.#cleanUp();
  }

  async #start(): Promise<void> {
    this.#podIp = await this.#context.addresses.take();
    await mkdir(this.#podDir, { recursive: true });
    this.#containers = this.#pod.containers.map((spec) => this.#container(spec));
    this.#reporter.changed();
    void this.#startInOrder();
  }

  /** Starts init containers one after the other, each when the one before is done; then all others at once. */
  async #startInOrder(): Promise<void> {
    for (const container of this.#ofRole("init", "sidecar")) {
      container.start();
      const goesOn = container.spec.role === "init" ? container.ended() : container.started;
      if (!(await goesOn)) return this.#endSidecars();
    }
    if (this.#termination !== undefined || this.#reporter.isStopped) return;
    const mains = this.#ofRole("main");
    for (const container of mains) container.start();
    await Promise.all(mains.map((container) => container.ended()));
    await this.#endSidecars();
  }

  /** Nothing that they serve runs any more: sidecars end in the opposite order of their start (KEP-753). */
  async #endSidecars(graceMs = this.#pod.terminationGraceSeconds * 1000): Promise<void> {
    const until = this.#context.now() + graceMs;
    for (const sidecar of this.#ofRole("sidecar").toReversed()) {
      await sidecar.stop(Math.max(0, until - this.#context.now()));
    }
  }

  #ofRole(...roles: readonly ContainerRole[]): readonly Container[] {
    return this.#containers.filter(({ spec }) => roles.includes(spec.role));
  }

  #container(spec: ContainerSpec): Container {
    const { backOff, lifeline, now, events, client, homeDir, hostIp } = this.#context;
    const place = { client, homeDir, podDir: this.#podDir, podIp: this.#podIp, hostIp };
    const inherited = inheritedFrom(this.#pod.object, spec.name, now());
    return new Container(
      this.#pod,
      spec,
      {
        podIp: this.#podIp,
        backOff,
        lifeline,
        now,
        logFile: (name, attempt) => this.#logPath(name, attempt),
        processSpec: (container, image, logFile) =>
          processSpecOf(this.#pod, container, image, logFile, place),
        onEnd: (at) => this.#context.onContainerEnd(this.uid, spec.name, at),
        onChange: () => this.#reporter.changed(),
        onEvent: (type, reason, message) => events.record(this.#pod.object, type, reason, message),
      },
      inherited,
    );
  }

  get #path(): string {
    return pathOf(PODS, this.#pod.namespace, this.#pod.name);
  }

  get #podDir(): string {
    return join(this.#context.homeDir, "pods", this.uid);
  }

  #logPath(container: string, attempt: number): string {
    return join(this.#podDir, `${container}.${attempt}.log`);
  }

  #status(): JsonObject {
    const status = podStatus({
      pod: this.#pod,
      containers: this.#containers.map((container) => container.snapshot()),
      podIp: this.#podIp,
      hostIp: this.#context.hostIp,
      startTime: this.#startTime,
      conditions: this.#conditions,
      now: this.#context.now(),
    });
    this.#conditions = arrayAt(status, "conditions").filter(isObject);
    return status;
  }

  async #terminate(): Promise<void> {
    for (const { spec } of this.#containers) {
      this.#context.events.record(this.#pod.object, "Normal", "Killing", `Stopping container ${spec.name}`);
    }
    await this.#stopProcesses((this.#pod.deletionGraceSeconds ?? 0) * 1000);
    await this.#reporter.settled();
    while (!this.#reporter.isStopped && !(await this.#forget())) await delay(RETRY_MS);
    this.#reporter.stop();
    await this.#cleanUp();
  }

  /** Tells the API server that nothing runs any more; false when that must be tried again. */
  async #forget(): Promise<boolean> {
    const options = { gracePeriodSeconds: 0, preconditions: { uid: this.uid } };
    try {
      await this.#context.client.delete(this.#path, options);
      return true;
    } catch (error) {
      return hasCode(error, "not-found", "already-exists", "conflict");
    }
  }

  async #stopProcesses(graceMs: number): Promise<void> {
    await this.#setUp;
    const until = this.#context.now() + graceMs;
    await Promise.all(this.#ofRole("main", "init").map((container) => container.stop(graceMs)));
    await this.#endSidecars(Math.max(0, until - this.#context.now()));
  }

  async #cleanUp(): Promise<void> {
    if (this.#podIp !== "") this.#context.addresses.give(this.#podIp);
    this.#podIp = "";
    await rm(this.#podDir, { recursive: true, force: true });
  }
}
