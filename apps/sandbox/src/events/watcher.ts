import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { NODE_HALTS, NODE_RECORDS, PODS, STATEFUL_SETS } from "../client/resource-path.ts";
import { arrayAt, at, type Json, numberAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { EventLog } from "./event-log.ts";

const NODE_LABEL = "sei.io/node";
/** Phases in which a halt is over; a held one goes on only when a person changes something. */
export const LAST_PHASES: ReadonlySet<string> = new Set(["Recovered", "Paged", "Held", "Failed"]);

export interface WatcherOptions {
  readonly client: ApiClient;
  readonly eventLog: EventLog;
  readonly namespace: string;
  readonly names: NodeNames;
}

/** What nodes are called, and which of a pod's containers is one. */
export interface NodeNames {
  readonly ofPod: (pod: KubeObject) => string;
  readonly ofHalt: (halt: KubeObject) => string;
  /** Of a pod, or of what has a template for pods; empty where no container is a node. */
  readonly containerOf: (object: KubeObject) => string;
}

/** The sandbox's own nodes: each is a StatefulSet of one, and is called as that. */
export function namesOfSets(container: string): NodeNames {
  return { ofPod: nodeOf, ofHalt: nodeOfHalt, containerOf: () => container };
}

/** Turns what changes in the API into events: node processes, images, and the steps of each halt. */
export class ClusterWatcher {
  readonly pods: ResourceCache;
  readonly sets: ResourceCache;
  readonly halts: ResourceCache;
  /** What the controller wrote down of running nodes: a rollback goes to an image from here. */
  readonly records: ResourceCache;
  readonly #eventLog: EventLog;
  readonly #names: NodeNames;
  /** When a node was seen to halt or crash, by node, until that is over. */
  readonly #endedAt = new Map<string, number>();
  /** When the process of a pod was first seen to end, by pod UID. */
  readonly #podEndedAt = new Map<string, number>();
  readonly #imageChanges: { readonly node: string; readonly at: number }[] = [];
  readonly #toldSteps = new Map<string, number>();

  constructor({ client, eventLog, namespace, names }: WatcherOptions) {
    this.#eventLog = eventLog;
    this.#names = names;
    this.pods = new ResourceCache(client, PODS, { namespace });
    this.sets = new ResourceCache(client, STATEFUL_SETS, { namespace });
    this.halts = new ResourceCache(client, NODE_HALTS, { namespace });
    this.records = new ResourceCache(client, NODE_RECORDS, { namespace });
    this.pods.onChange((_, pod, last) => (pod === undefined ? undefined : this.#onPod(pod, last)));
    this.sets.onChange((_, set, last) =>
      set === undefined || last === undefined ? undefined : this.#onSet(set, last),
    );
    this.halts.onChange((_, halt) => (halt === undefined ? undefined : this.#onHalt(halt)));
  }

  async start(signal: AbortSignal): Promise<void> {
    await Promise.all([this.pods, this.sets, this.halts, this.records].map((cache) => cache.start(signal)));
  }

  /** Tells a page that went out, as one about the node of its NodeHalt. */
  onPage({ key, summary, nodeHalt }: { key: string; summary: string; nodeHalt: string }): void {
    const halt = this.halts.values().find(({ metadata }) => metadata.name === nodeHalt);
    const node = halt === undefined ? "" : this.#names.ofHalt(halt);
    this.#eventLog.tell({ kind: "paged", node, key, summary, ...this.#since(node, Date.now()) });
  }

  /** Milliseconds since the epoch at which a pod's process was seen to end, if it was. */
  endOf(podUid: string): number | undefined {
    return this.#podEndedAt.get(podUid);
  }

  /** Milliseconds since the epoch of the first change of a node's image at or after `time`. */
  imageChangeAfter(node: string, time: number): number | undefined {
    return this.#imageChanges.find((change) => change.node === node && change.at >= time)?.at;
  }

  #since(node: string, now: number): { readonly sinceHaltMs?: number } {
    const ended = this.#endedAt.get(node);
    return ended === undefined ? {} : { sinceHaltMs: Math.max(0, now - ended) };
  }

  #onPod(pod: KubeObject, last: KubeObject | undefined): void {
    const node = this.#names.ofPod(pod);
    const container = this.#names.containerOf(pod);
    const now = containerStatus(pod, container);
    const before = last === undefined ? undefined : containerStatus(last, container);
    const image = imageOf(pod, container);
    const restartCount = numberAt(now, "restartCount") ?? 0;
    const startedAt = (status: Json | undefined): string | undefined => stringAt(status, "containerID");
    const ended = at(now, "state", "terminated") ?? at(now, "lastState", "terminated");
    const endedBefore = at(before, "state", "terminated") ?? at(before, "lastState", "terminated");
    if (ended !== undefined && stringAt(ended, "containerID") !== stringAt(endedBefore, "containerID")) {
      this.#onEnd(node, pod, ended, image);
    }
    const runs = at(now, "state", "running") !== undefined;
    if (runs && (at(before, "state", "running") === undefined || startedAt(now) !== startedAt(before))) {
      const podUid = stringAt(pod, "metadata", "uid") ?? "";
      this.#eventLog.tell({
        kind: "node-started",
        node,
        image,
        podUid,
        restartCount,
        ...this.#since(node, Date.now()),
      });
    }
    if (at(now, "ready") === true && at(before, "ready") !== true) {
      this.#eventLog.tell({ kind: "node-ready", node, image, ...this.#since(node, Date.now()) });
    }
  }

  #onEnd(node: string, pod: KubeObject, terminated: Json, image: string): void {
    const now = Date.now();
    const uid = stringAt(pod, "metadata", "uid") ?? "";
    if (pod.metadata.deletionTimestamp !== undefined) return;
    if (!this.#podEndedAt.has(uid)) this.#podEndedAt.set(uid, now);
    this.#endedAt.set(node, now);
    const lines = (stringAt(terminated, "message") ?? "").trim().split("\n");
    const exitCode = numberAt(terminated, "exitCode") ?? 0;
    this.#eventLog.tell({ kind: "node-ended", node, exitCode, image, lastLine: tellingLine(lines) });
  }

  #hasOpenHalt(node: string): boolean {
    return this.halts
      .values()
      .some(
        (halt) =>
          this.#names.ofHalt(halt) === node && !LAST_PHASES.has(stringAt(halt, "status", "phase") ?? ""),
      );
  }

  #onSet(set: KubeObject, last: KubeObject): void {
    const node = set.metadata.name;
    const container = this.#names.containerOf(set);
    const from = templateImage(last, container);
    const to = templateImage(set, container);
    if (from === to) return;
    this.#imageChanges.push({ node, at: Date.now() });
    if (!this.#hasOpenHalt(node)) this.#endedAt.delete(node);
    this.#eventLog.tell({ kind: "image-changed", node, from, to, ...this.#since(node, Date.now()) });
  }

  #onHalt(halt: KubeObject): void {
    const uid = stringAt(halt, "metadata", "uid") ?? "";
    const node = this.#names.ofHalt(halt);
    const reason = stringAt(halt, "spec", "reason") ?? "";
    const plan = stringAt(halt, "spec", "planName") ?? "";
    const steps = arrayAt(halt, "status", "steps");
    const told = this.#toldSteps.get(uid) ?? 0;
    this.#toldSteps.set(uid, steps.length);
    for (const step of steps.slice(told)) {
      const time = Date.parse(stringAt(step, "at") ?? "");
      if (
        stringAt(step, "phase") === "Detected" &&
        !this.#podEndedAt.has(stringAt(halt, "spec", "podUID") ?? "")
      ) {
        this.#endedAt.set(node, Number.isNaN(time) ? Date.now() : time);
        const height = numberAt(halt, "spec", "height") ?? 0;
        this.#eventLog.tell({ kind: "node-halted", node, reason, plan, height });
      }
      this.#eventLog.tell({
        kind: "halt-step",
        node,
        halt: halt.metadata.name,
        reason,
        plan,
        phase: stringAt(step, "phase") ?? "",
        action: stringAt(halt, "status", "action") ?? "",
        message: stringAt(step, "message") ?? "",
        ...this.#since(node, Number.isNaN(time) ? Date.now() : time),
      });
    }
  }
}

/** The line that x/upgrade prints for a halt or Go for a signal, else the last one. */
function tellingLine(lines: readonly string[]): string {
  const telling = /UPGRADE|upgrade handler is missing|^(panic|SIG[A-Z]+): /;
  return lines.findLast((line) => telling.test(line)) ?? lines.at(-1) ?? "";
}

/** The node that a NodeHalt is about: its pod's name without the ordinal. */
export function nodeOfHalt(halt: KubeObject): string {
  return (stringAt(halt, "spec", "podName") ?? "").replace(/-\d+$/, "");
}

export function nodeOf(pod: KubeObject): string {
  return stringsAt(pod, "metadata", "labels")[NODE_LABEL] ?? pod.metadata.name;
}

/** The status of the pod's container, if the kubelet has reported it. */
export function containerStatus(pod: KubeObject, container: string): Json | undefined {
  return arrayAt(pod, "status", "containerStatuses").find((status) => at(status, "name") === container);
}

export function imageOf(pod: KubeObject, container: string): string {
  return (
    stringAt(
      arrayAt(pod, "spec", "containers").find((one) => at(one, "name") === container),
      "image",
    ) ?? ""
  );
}

export function templateImage(set: KubeObject, container: string): string {
  const containers = arrayAt(set, "spec", "template", "spec", "containers");
  return (
    stringAt(
      containers.find((one) => at(one, "name") === container),
      "image",
    ) ?? ""
  );
}
