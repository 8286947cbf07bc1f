import type { Lifeline } from "../process/lifeline.ts";
import { type ProcessEnd, ProcessGroup, type ProcessSpec } from "../process/process-group.ts";
import { lastLogLines } from "./container-log.ts";
import type { ContainerSnapshot, ContainerState, Terminated } from "./container-state.ts";
import { ContainerConfigError } from "./environment.ts";
import { findImage, type RunnableImage } from "./images.ts";
import type { Inherited } from "./inherited.ts";
import type { ContainerLog } from "./log-server.ts";
import { LogTimes } from "./log-times.ts";
import type { ContainerSpec, PodSpec } from "./pod-spec.ts";
import { ReadinessProbe } from "./probe.ts";
import { type BackOff, restartDelay, shouldRestart } from "./restart-policy.ts";
import { sleepUnless } from "./sleep-unless.ts";

export interface ContainerHost {
  readonly podIp: string;
  readonly backOff: BackOff;
  readonly lifeline: Lifeline;
  readonly now: () => number;
  readonly logFile: (container: string, attempt: number) => string;
  /** @throws ContainerConfigError while something that the container needs is missing. */
  readonly processSpec: (
    container: ContainerSpec,
    image: RunnableImage,
    logFile: string,
  ) => Promise<ProcessSpec>;
  /** Called when the process has ended, before anyone else can know; the time is in milliseconds. */
  readonly onEnd: (at: number) => void;
  /** Called after each change of the snapshot. */
  readonly onChange: () => void;
  readonly onEvent: (type: "Normal" | "Warning", reason: string, message: string) => void;
}

/** One run of a container, for its log. */
class Run {
  readonly log: ContainerLog;
  readonly #times: LogTimes;
  #isOver = false;

  constructor(file: string, times: LogTimes) {
    this.#times = times;
    this.log = { file, timeOf: (offset) => times.at(offset), isOpen: () => !this.#isOver };
  }

  end(): void {
    this.#isOver = true;
    this.#times.end();
  }
}

/** One container of a pod: starts its process, restarts it as its policies and the back-off say, and tells its state. */
export class Container {
  readonly spec: ContainerSpec;
  readonly #pod: PodSpec;
  readonly #host: ContainerHost;
  #state: ContainerState;
  #lastEnd: Terminated | undefined;
  #restartCount: number;
  #failures = 0;
  #image: RunnableImage | undefined;
  #containerId = "";
  readonly #inheritedImageId: string;
  /** The runs whose logs there are: of the present state, and of the last end. */
  #run: Run | undefined;
  #lastRun: Run | undefined;
  #process: ProcessGroup | undefined;
  #probe: ReadinessProbe | undefined;
  #isReady = false;
  #staysDown = false;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  readonly #firstStart = Promise.withResolvers<boolean>();

  constructor(pod: PodSpec, spec: ContainerSpec, host: ContainerHost, inherited?: Inherited) {
    this.spec = spec;
    this.#pod = pod;
    this.#host = host;
    const reason = pod.containers.some(({ role }) => role !== "main")
      ? "PodInitializing"
      : "ContainerCreating";
    this.#state = { kind: "waiting", reason, message: "" };
    this.#inheritedImageId = inherited?.imageId ?? "";
    this.#restartCount = inherited?.restartCount ?? 0;
    const end = inherited?.end;
    if (end !== undefined && !shouldRestart(pod, spec, end.exitCode)) {
      this.#state = end;
      this.#containerId = end.containerId;
      this.#staysDown = true;
    } else if (end !== undefined) {
      this.#lastEnd = end;
      this.#restartCount += 1;
    }
  }

  snapshot(): ContainerSnapshot {
    return {
      name: this.spec.name,
      role: this.spec.role,
      image: this.spec.image,
      imageId: this.#image?.imageId ?? this.#inheritedImageId,
      containerId: this.#containerId,
      restartCount: this.#restartCount,
      ready: this.#isReady && this.#state.kind === "running",
      state: this.#state,
      lastEnd: this.#lastEnd,
      staysDown: this.#staysDown,
    };
  }

  start(): void {
    if (!this.#staysDown) this.#loop = this.#runUntilDown();
    void this.#loop.then(() => this.#firstStart.resolve(false));
  }

  /** Resolves when the container first runs (true), or never will (false). */
  get started(): Promise<boolean> {
    return this.#firstStart.promise;
  }

  /** Resolves when the container has ended for good: with true for exit code 0. */
  async ended(): Promise<boolean> {
    await this.#loop;
    return this.#state.kind === "terminated" && this.#state.exitCode === 0;
  }

  /** The log of the present run or of the one before, or a kubelet's words for why there is none. */
  log(previous: boolean): ContainerLog | { readonly refusal: string } {
    const where = `container ${JSON.stringify(this.spec.name)} in pod ${JSON.stringify(this.#pod.name)}`;
    const run = previous || this.#state.kind === "waiting" ? this.#lastRun : this.#run;
    if (run !== undefined) return run.log;
    if (previous) return { refusal: `previous terminated ${where} not found` };
    if (this.#state.kind !== "waiting")
      return { refusal: `the log of ${where} went with an earlier kubelet` };
    const why = {
      ErrImagePull: "image can't be pulled",
      ImagePullBackOff: "trying and failing to pull image",
    };
    const { reason } = this.#state;
    return {
      refusal: `${where} is waiting to start: ${Object.hasOwn(why, reason) ? why[reason as keyof typeof why] : reason}`,
    };
  }

  /** Ends the process (SIGTERM, then SIGKILL after `graceMs`) and never starts it again. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#firstStart.resolve(false);
    await this.#process?.stop(graceMs);
    await this.#loop;
  }

  async #runUntilDown(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const image = await this.#pull();
      const spec = image && (await this.#configure(image));
      if (spec === undefined || this.#stopping.signal.aborted) return;
      const end = await this.#runOnce(spec);
      if (!shouldRestart(this.#pod, this.spec, end.exitCode)) return;
      if (!(await this.#backOff(end))) return;
    }
  }

  /** Waits until the image can be had: ErrImagePull, then ImagePullBackOff, as a kubelet alternates them. */
  async #pull(): Promise<RunnableImage | undefined> {
    const { image } = this.spec;
    for (let failures = 1; ; failures += 1) {
      this.#image = findImage(image);
      if (this.#image !== undefined) return this.#image;
      const why = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
      this.#wait("ErrImagePull", why);
      this.#host.onEvent("Warning", "Failed", `Failed to pull image "${image}": ${why}`);
      const delay = restartDelay(failures + 1, this.#host.backOff);
      if (!(await this.#sleep(Math.min(1_000, delay)))) return undefined;
      this.#wait("ImagePullBackOff", `Back-off pulling image "${image}": ErrImagePull: ${why}`);
      if (!(await this.#sleep(delay))) return undefined;
    }
  }

  async #configure(image: RunnableImage): Promise<ProcessSpec | undefined> {
    const logFile = this.#host.logFile(this.spec.name, this.#restartCount);
    for (;;) {
      try {
        return await this.#host.processSpec(this.spec, image, logFile);
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        const why = error instanceof Error ? error.message : String(error);
        this.#wait(
          error instanceof ContainerConfigError ? "CreateContainerConfigError" : "CreateContainerError",
          why,
        );
        if (!(await this.#sleep(1_000))) return undefined;
      }
    }
  }

  async #runOnce(spec: ProcessSpec): Promise<Terminated> {
    const process = new ProcessGroup(spec, this.#host.lifeline);
    this.#process = process;
    const times = new LogTimes(spec.logFile, this.#host.now);
    const run = new Run(spec.logFile, times);
    this.#run = run;
    const startedAt = this.#host.now();
    this.#containerId = `process://${process.pid ?? 0}`;
    this.#state = { kind: "running", startedAt };
    this.#firstStart.resolve(true);
    this.#isReady = this.spec.readinessProbe === undefined;
    this.#host.onEvent("Normal", "Started", `Started container ${this.spec.name}`);
    if (this.spec.readinessProbe !== undefined) {
      this.#probe = new ReadinessProbe(this.spec, this.#host.podIp, (ready, why) =>
        this.#setReady(ready, why),
      );
    }
    this.#host.onChange();
    if (this.#stopping.signal.aborted) await process.stop(0);
    const end = this.#describe(await process.ended, startedAt, spec.logFile);
    run.end();
    this.#host.onEnd(end.finishedAt);
    this.#probe?.stop();
    this.#isReady = false;
    this.#staysDown = !shouldRestart(this.#pod, this.spec, end.exitCode);
    this.#state = end;
    this.#host.onChange();
    return end;
  }

  #describe(end: ProcessEnd, startedAt: number, logFile: string): Terminated {
    const isOk = end.exitCode === 0;
    const reason = end.startError !== "" ? "StartError" : isOk ? "Completed" : "Error";
    const message = !isOk && this.spec.fallsBackToLogs ? lastLogLines(logFile) : "";
    return {
      kind: "terminated",
      exitCode: end.exitCode,
      reason,
      message: end.startError !== "" ? end.startError : message,
      startedAt,
      finishedAt: this.#host.now(),
      containerId: this.#containerId,
    };
  }

  /** Waits as CrashLoopBackOff where it must; false when the pod goes away meanwhile. */
  async #backOff(end: Terminated): Promise<boolean> {
    const { backOff } = this.#host;
    this.#failures = end.finishedAt - end.startedAt >= backOff.resetMs ? 1 : this.#failures + 1;
    const delay = restartDelay(this.#failures, backOff);
    if (delay > 0 && !this.#stopping.signal.aborted) {
      const { name, namespace, uid } = this.#pod;
      const text = `back-off ${delay / 1000}s restarting failed container=${this.spec.name} pod=${name}_${namespace}(${uid})`;
      this.#lastEnd = end;
      this.#lastRun = this.#run;
      this.#wait("CrashLoopBackOff", text);
      this.#host.onEvent(
        "Warning",
        "BackOff",
        `Back-off restarting failed container ${this.spec.name} in pod ${name}_${namespace}(${uid})`,
      );
      if (!(await this.#sleep(delay))) return false;
    }
    if (this.#stopping.signal.aborted) return false;
    this.#lastEnd = end;
    this.#lastRun = this.#run;
    this.#restartCount += 1;
    return true;
  }

  #setReady(ready: boolean, why: string): void {
    this.#isReady = ready;
    if (!ready) this.#host.onEvent("Warning", "Unhealthy", `Readiness probe failed: ${why}`);
    this.#host.onChange();
  }

  #wait(reason: string, message: string): void {
    this.#state = { kind: "waiting", reason, message };
    this.#host.onChange();
  }

  #sleep(milliseconds: number): Promise<boolean> {
    return sleepUnless(milliseconds, this.#stopping.signal);
  }
}
