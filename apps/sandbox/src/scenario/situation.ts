import {
  type ClusterWatcher,
  containerStatus,
  imageOf,
  nodeOf,
  nodeOfHalt,
  templateImage,
} from "../events/watcher.ts";
import { arrayAt, at, type Json, numberAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** Everything that conditions are judged by. */
export interface Situation {
  readonly halts: readonly HaltView[];
  readonly nodes: readonly NodeView[];
  /** The pages that arrived, each once. */
  readonly pages: readonly { readonly key: string; readonly reason: string }[];
  /** What the controller has written down, by node. */
  readonly records: ReadonlyMap<string, RecordView>;
  /** Writes before which a controller waits. */
  readonly held: readonly string[];
}

export const CONTAINER = "seid";

/** What the controller has written down of a node while it ran. */
export interface RecordView {
  readonly podUid: string;
  /** Where it was seen near a listed height. */
  readonly height: number;
  /** Images that it was seen at work on. */
  readonly images: readonly string[];
}

/** A NodeHalt, read. */
export interface HaltView {
  readonly name: string;
  readonly node: string;
  readonly podUid: string;
  readonly reason: string;
  readonly plan: string;
  /** What the verdict rests on, such as `exit-code` and `live-intent`. */
  readonly sources: readonly string[];
  /** Exit code of the process, undefined when it stayed alive. */
  readonly exitCode: number | undefined;
  readonly phase: string;
  /** Why it stands where it stands, in one CamelCase word. */
  readonly why: string;
  readonly action: string;
  readonly recoveredHeight: number;
  readonly detectedAt: number;
  readonly steps: readonly { readonly phase: string; readonly at: number }[];
}

/** A node as it is now: its set, its pod, its process. */
export interface NodeView {
  readonly node: string;
  readonly wantedImage: string;
  readonly podImage: string;
  readonly podUid: string;
  readonly isReady: boolean;
  readonly isRunning: boolean;
  readonly exitCode: number | undefined;
  readonly restartCount: number;
  readonly pid: number;
  /** The height that its /status told last; 0 before the first. */
  readonly height: number;
  readonly podIp: string;
  /** metadata.generation of its StatefulSet: counts the changes of its spec. */
  readonly generation: number;
}

export function haltsOf(watcher: ClusterWatcher): readonly HaltView[] {
  return watcher.halts
    .values()
    .map(readHalt)
    .toSorted((left, right) => left.detectedAt - right.detectedAt);
}

/** Every node; `heights` tells what its /status said last. */
export function nodesOf(
  watcher: ClusterWatcher,
  heights: ReadonlyMap<string, number> = new Map(),
): readonly NodeView[] {
  const pods = new Map<string, KubeObject>();
  for (const pod of watcher.pods.values())
    if (pod.metadata.deletionTimestamp === undefined && !pods.has(nodeOf(pod))) pods.set(nodeOf(pod), pod);
  return watcher.sets
    .values()
    .map((set) => readNode(set, pods.get(set.metadata.name), heights))
    .toSorted((left, right) => left.node.localeCompare(right.node));
}

function readHalt(halt: KubeObject): HaltView {
  return {
    name: halt.metadata.name,
    node: nodeOfHalt(halt),
    podUid: stringAt(halt, "spec", "podUID") ?? "",
    reason: stringAt(halt, "spec", "reason") ?? "",
    plan: stringAt(halt, "spec", "planName") ?? "",
    sources: arrayAt(halt, "spec", "sources").map(String),
    exitCode: numberAt(halt, "spec", "exitCode"),
    phase: stringAt(halt, "status", "phase") ?? "",
    why: stringAt(halt, "status", "reason") ?? "",
    action: stringAt(halt, "status", "action") ?? "",
    recoveredHeight: numberAt(halt, "status", "recoveredHeight") ?? 0,
    detectedAt: timeOf(at(halt, "spec", "detectedAt")),
    steps: arrayAt(halt, "status", "steps").map((step) => ({
      phase: stringAt(step, "phase") ?? "",
      at: timeOf(at(step, "at")),
    })),
  };
}

function timeOf(value: Json | undefined): number {
  return Date.parse(typeof value === "string" ? value : "");
}

/** What the controller has written down, by node. */
export function recordsOf(watcher: ClusterWatcher): ReadonlyMap<string, RecordView> {
  return new Map(
    watcher.records.values().map((record) => [
      record.metadata.name.replace(/-\d+$/, ""),
      {
        podUid: stringAt(record, "status", "podUID") ?? "",
        height: numberAt(record, "status", "height") ?? 0,
        images: arrayAt(record, "status", "images").map((image) => stringAt(image, "image") ?? ""),
      },
    ]),
  );
}

function readNode(
  set: KubeObject,
  pod: KubeObject | undefined,
  heights: ReadonlyMap<string, number>,
): NodeView {
  const node = set.metadata.name;
  const status = pod === undefined ? undefined : containerStatus(pod, CONTAINER);
  return {
    node,
    wantedImage: templateImage(set, CONTAINER),
    podImage: pod === undefined ? "" : imageOf(pod, CONTAINER),
    podUid: stringAt(pod, "metadata", "uid") ?? "",
    isReady: at(status, "ready") === true,
    isRunning: at(status, "state", "running") !== undefined,
    exitCode: numberAt(status, "state", "terminated", "exitCode"),
    restartCount: numberAt(status, "restartCount") ?? 0,
    height: heights.get(node) ?? 0,
    podIp: stringAt(pod, "status", "podIP") ?? "",
    pid: Number(/^process:\/\/(\d+)/.exec(stringAt(status, "containerID") ?? "")?.[1] ?? 0),
    generation: numberAt(set, "metadata", "generation") ?? 0,
  };
}
