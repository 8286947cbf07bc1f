import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isStatus } from "../client/client-error.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { PODS, pathOf } from "../client/resource-path.ts";
import { arrayAt, isObject, type JsonObject, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Lifeline } from "../process/lifeline.ts";
import type { AddressPool } from "./address-pool.ts";
import { Container } from "./container.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { inheritedFrom } from "./inherited.ts";
import { type ContainerSpec, type PodSpec, readPodSpec } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";
import { processSpecOf } from "./process-spec.ts";
import type { BackOff } from "./restart-policy.ts";
import { StatusReporter } from "./status-reporter.ts";

/** Told when a container's process has ended, before the API server is; `at` is in milliseconds since the epoch. */
export type ContainerEndListener = (podUid: string, container: string, at: number) => void;

export interface PodWorkerContext {
  readonly client: KubeClient;
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

  /** The log file of a container's present or previous run, undefined when there is none. */
  logFile(name: string, previous: boolean): string | undefined {
    const container = this.#containers.find((one) => one.spec.name === name);
    if (container === undefined) return undefined;
    const attempt = container.snapshot().restartCount - (previous ? 1 : 0);
    return attempt < 0 ? undefined : this.#logPath(name, attempt);
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
    for (const container of this.#containers) container.start();
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
      return isStatus(error, 404) || isStatus(error, 409);
    }
  }

  async #stopProcesses(graceMs: number): Promise<void> {
    await this.#setUp;
    await Promise.all(this.#containers.map((container) => container.stop(graceMs)));
  }

  async #cleanUp(): Promise<void> {
    if (this.#podIp !== "") this.#context.addresses.give(this.#podIp);
    this.#podIp = "";
    await rm(this.#podDir, { recursive: true, force: true });
  }
}
