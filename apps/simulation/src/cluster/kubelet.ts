import { ShutdownReason } from "@upgrade-halt/contract";
import type { ApiServer } from "../server/api-server.ts";
import {
  type ContainerSpec,
  type ContainerState,
  type ContainerStatus,
  PATHS,
  type Pod,
  pathOfObject,
  type Stored,
  type Terminated,
} from "../server/objects.ts";
import type { Random } from "../time/random.ts";
import { EPOCH, type VirtualTime } from "../time/virtual-time.ts";
import { type Chain, imageOf, releaseOf } from "./chain.ts";
import { type LogLine, NodeProcess } from "./node.ts";
import { isUnbound } from "./placement.ts";
import type { Validators } from "./validators.ts";

/** What a kubelet knows of one pod. */
interface PodRuntime {
  readonly uid: string;
  readonly nodeName: string;
  readonly ip: string;
  readonly admittedAt: string;
  process: NodeProcess | undefined;
  restartCount: number;
  /** How the process ended that ended last, and the one before it. */
  ended: Terminated | undefined;
  endedBefore: Terminated | undefined;
  /** Ended and not to be started again, as the pod's restart rules say of a halt. */
  isHeld: boolean;
  /** Waits to be started again, and is reported so. */
  isWaiting: boolean;
  /** Log of the process that ended last. */
  lastLog: readonly LogLine[];
  backOffMs: number;
  isEnding: boolean;
}

export interface KubeletOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ApiServer;
  readonly validators: Validators;
  readonly chainOf: (pod: Pod) => Chain;
  /** Told of each process as it starts. */
  readonly onStart: (process: NodeProcess, pod: Pod) => void;
}

const CONTAINER = "seid";
/** What the pods' restart rules take for a halt. */
const HALT_CODES: ReadonlySet<number> = new Set(
  Object.values(ShutdownReason).filter((code) => code !== ShutdownReason.Unknown),
);
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;
/** A container that ended is reported so for this time, and then as one that waits to be started again. */
const REPORTS_END_MS = [300, 2_000] as const;

/** Runs the pods that are bound to it, and reports them as a kubelet does. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #pods = new Map<string, PodRuntime>();
  /** Nodes whose kubelet reaches nobody: their processes go on. */
  readonly #unreachable = new Set<string>();
  #address = 0;
  /** Whether its runtime tells the digest of the image that it runs. */
  digests = true;
  /** Whether that is CRI-O, which may store a line in parts however short it is. */
  isCriO = false;

  constructor(options: KubeletOptions) {
    this.#options = options;
    options.server.watch(PATHS.pods, 0, ({ object, type }) => {
      if (type !== "DELETED")
        options.time.later(options.random.between(5, 60), () =>
          this.#sync(object.metadata.name, object.metadata.namespace),
        );
      else this.#pods.delete(object.metadata.uid);
    });
  }

  /** The process at an address, if one serves there. */
  processAt(ip: string): NodeProcess | undefined {
    for (const { ip: own, process } of this.#pods.values())
      if (own === ip && process?.isAlive) return process;
    return undefined;
  }

  processOf(uid: string): NodeProcess | undefined {
    return this.#pods.get(uid)?.process;
  }

  /** The log of a pod's process, or of the one before; `undefined` where its kubelet answers nobody or there is none. */
  logOf({ metadata, spec }: Pod, isPrevious: boolean): readonly LogLine[] | undefined {
    const runtime = this.#pods.get(metadata.uid);
    if (runtime?.process === undefined || this.#unreachable.has(spec.nodeName)) return undefined;
    return isPrevious ? runtime.lastLog : runtime.process.logLines;
  }

  /** Whether a machine's kubelet reaches the API server. */
  isReachable(nodeName: string): boolean {
    return !this.#unreachable.has(nodeName);
  }

  setReachable(nodeName: string, isReachable: boolean): void {
    if (isReachable) this.#unreachable.delete(nodeName);
    else this.#unreachable.add(nodeName);
    if (isReachable) for (const pod of this.#all()) this.#sync(pod.metadata.name, pod.metadata.namespace);
  }

  /** The machine of a pod is taken away with all that runs on it, and its pods are removed at once, as for a Node that is gone. */
  removeMachine(nodeName: string): void {
    for (const pod of this.#all().filter(({ spec }) => spec.nodeName === nodeName)) {
      const runtime = this.#pods.get(pod.metadata.uid);
      if (runtime !== undefined) runtime.isEnding = true;
      runtime?.process?.end(137);
      this.#options.server.finishRemoval(pod);
    }
  }

  healAll(): void {
    for (const name of [...this.#unreachable]) this.setReachable(name, true);
  }

  /** Ends the pod's process with this code and starts it again, whatever it ended with, as a person with a shell does. */
  restart(pod: Pod, code: number): void {
    const runtime = this.#pods.get(pod.metadata.uid);
    if (runtime === undefined || this.#unreachable.has(pod.spec.nodeName)) return;
    runtime.isHeld = false;
    if (runtime.process?.isAlive) runtime.process.end(code);
    else this.#options.time.later(50, () => this.#start(pod, runtime));
  }

  #all(): readonly Pod[] {
    return this.#options.server.all<Pod>(PATHS.pods);
  }

  #sync(name: string, namespace: string): void {
    const pod = this.#options.server.find<Pod>(PATHS.pods, namespace, name);
    if (pod === undefined || this.#unreachable.has(pod.spec.nodeName)) return;
    const runtime = this.#pods.get(pod.metadata.uid);
    if (isUnbound(pod) && pod.metadata.deletionTimestamp === undefined) return;
    if (pod.metadata.deletionTimestamp !== undefined) this.#endPod(pod, runtime);
    else if (["Failed", "Succeeded"].includes(pod.status.phase)) return;
    else if (runtime === undefined) this.#admit(pod);
    else this.#report(pod, runtime);
  }

  #admit(pod: Pod): void {
    this.#address += 1;
    const { nodeName, hostNetwork } = pod.spec;
    const ofMachine =
      hostNetwork && [...this.#pods.values()].find((other) => other.nodeName === nodeName)?.ip;
    const runtime: PodRuntime = {
      uid: pod.metadata.uid,
      nodeName,
      ip: ofMachine || `10.0.${this.#address >> 8}.${this.#address & 255}`,
      process: undefined,
      restartCount: 0,
      ended: undefined,
      endedBefore: undefined,
      admittedAt: secondOf(this.#options.time.now),
      isHeld: false,
      isWaiting: false,
      lastLog: [],
      backOffMs: FIRST_BACK_OFF_MS,
      isEnding: false,
    };
    this.#pods.set(pod.metadata.uid, runtime);
    this.#options.time.later(this.#options.random.between(50, 500), () => this.#start(pod, runtime));
  }

  #start(pod: Pod, runtime: PodRuntime): void {
    if (runtime.isEnding || runtime.process?.isAlive || !this.#pods.has(runtime.uid)) return;
    const { time, validators, chainOf, onStart } = this.#options;
    const { containers, initContainers = [] } = pod.spec;
    const image = [...containers, ...initContainers].find(({ name }) => name === CONTAINER)?.image ?? "";
    const validator = validators.ofPod(pod.metadata.name, chainOf(pod));
    if (runtime.process !== undefined) runtime.restartCount += 1;
    const process = new NodeProcess(time, validator, image, (ended) => this.#onEnd(pod, runtime, ended));
    runtime.process = process;
    validators.processes.push(process);
    onStart(process, pod);
    this.#reportSoon(pod, runtime);
  }

  #onEnd(pod: Pod, runtime: PodRuntime, process: NodeProcess): void {
    const { state } = process;
    if (state.kind !== "ended") return;
    const { time, random } = this.#options;
    runtime.endedBefore = runtime.ended;
    runtime.ended = endOf(process, state.code, time.timestamp.replace(/\.\d+Z$/, "Z"));
    runtime.isWaiting = false;
    runtime.lastLog = process.logLines;
    runtime.isHeld = HALT_CODES.has(state.code) && pod.metadata.labels?.restart !== "always";
    if (runtime.isEnding) {
      this.#finish(pod);
      return;
    }
    if (!runtime.isHeld) {
      const ms = runtime.backOffMs;
      runtime.backOffMs = Math.min(LONGEST_BACK_OFF_MS, ms * 2);
      time.later(ms, () => this.#start(pod, runtime));
      time.later(random.between(...REPORTS_END_MS), () => {
        runtime.isWaiting = true;
        if (runtime.process === process) this.#reportSoon(pod, runtime);
      });
    }
    this.#reportSoon(pod, runtime);
  }

  /** SIGTERM, and the pod's removal once nothing of it runs. */
  #endPod(pod: Pod, runtime: PodRuntime | undefined): void {
    if (runtime?.isEnding) return;
    if (runtime === undefined || !runtime.process?.isAlive) {
      if (runtime !== undefined) runtime.isEnding = true;
      this.#finish(pod);
      return;
    }
    runtime.isEnding = true;
    const soon = this.#options.random.between(100, 5_000);
    const ms = runtime.process.validator.endsAfterMs ?? soon;
    this.#options.time.later(ms, () => runtime.process?.end(0));
  }

  #finish(pod: Pod): void {
    const { time, random, server } = this.#options;
    time.later(random.between(10, 200), () => {
      if (this.#unreachable.has(pod.spec.nodeName)) time.later(1_000, () => this.#finish(pod));
      else server.finishRemoval(pod);
    });
  }

  #reportSoon(pod: Pod, runtime: PodRuntime): void {
    const { time, random } = this.#options;
    time.later(random.between(5, 300), () => this.#report(pod, runtime));
  }

  #report({ metadata, spec }: Stored, runtime: PodRuntime): void {
    const { server } = this.#options;
    const pod = server.find<Pod>(PATHS.pods, metadata.namespace, metadata.name);
    if (pod === undefined || pod.metadata.uid !== runtime.uid || runtime.process === undefined) return;
    if (this.#unreachable.has((spec as Pod["spec"]).nodeName)) return;
    const conditions = readyConditions(pod, runtime.process.isAlive);
    const node = statusOf(runtime, this.digests, this.isCriO);
    const others = pod.spec.containers.filter(({ name }) => name !== CONTAINER);
    const beside = others.map((container) => statusBeside(container, runtime.admittedAt));
    const isSidecar = others.length === pod.spec.containers.length;
    const status = {
      ...pod.status,
      phase: "Running",
      podIP: runtime.ip,
      conditions,
      containerStatuses: isSidecar ? beside : [node, ...beside],
      ...(isSidecar && { initContainerStatuses: [node] }),
    };
    const path = pathOfObject(PATHS.pods, pod, "status");
    server.replace("kubelet", path, {
      ...pod,
      status,
      metadata: { ...pod.metadata, resourceVersion: undefined },
    });
  }
}

function readyConditions(pod: Pod, isReady: boolean) {
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== "Ready");
  return [...others, { type: "Ready", status: isReady ? "True" : "False" }];
}

function statusOf(runtime: PodRuntime, digests: boolean, isCriO: boolean): ContainerStatus {
  const process = runtime.process as NodeProcess;
  const state = stateOf(runtime, process);
  const release = releaseOf(process.image);
  return {
    name: CONTAINER,
    image: process.image,
    imageID: digests && release !== undefined ? imageOf(release) : "",
    containerID: `${isCriO ? "cri-o" : "containerd"}://${runtime.uid}-${runtime.restartCount}`,
    restartCount: runtime.restartCount,
    ready: process.isAlive,
    state: state.now,
    lastState: state.last,
  };
}

/** What runs beside the node for as long as the pod is there. */
function statusBeside({ name, image }: ContainerSpec, startedAt: string): ContainerStatus {
  const state = { running: { startedAt } };
  return { name, image, imageID: image, restartCount: 0, ready: true, state, lastState: {} };
}

/** RFC 3339 of a virtual time, in whole seconds. */
function secondOf(ms: number): string {
  return new Date(EPOCH + ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function stateOf({ ended, endedBefore, isHeld, isWaiting }: PodRuntime, { state, startedAt }: NodeProcess) {
  const lastOf = (terminated: Terminated | undefined): ContainerState => (terminated ? { terminated } : {});
  if (state.kind !== "ended") {
    const since = secondOf(startedAt);
    return { now: { running: { startedAt: since } }, last: lastOf(ended) };
  }
  return isHeld || !isWaiting
    ? { now: lastOf(ended), last: lastOf(endedBefore) }
    : { now: { waiting: { reason: "CrashLoopBackOff" } }, last: lastOf(ended) };
}

function endOf({ validator, log, startedAt }: NodeProcess, code: number, finishedAt: string): Terminated {
  // A binary of before the contract writes no termination message: it is its log, where the container asks for that.
  const isTold = !validator.chain.isLegacy || (validator.fallsBackToLogs && code !== 0);
  return {
    exitCode: code,
    reason: code === 0 ? "Completed" : "Error",
    startedAt: secondOf(startedAt),
    finishedAt,
    message: isTold ? log : "",
  };
}
