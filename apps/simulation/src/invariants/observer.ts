import type { ToldStatus } from "../cluster/cluster.ts";
import type { NodeProcess, Validator } from "../cluster/node.ts";
import type { Told } from "../episode/pager.ts";
import type { Commit } from "../server/api-server.ts";
import {
  controllerOf,
  type HaltPolicy,
  IMAGE_HOLDERS,
  type NodeHalt,
  PATHS,
  type Pod,
  pathOfObject,
  type Stored,
  type Workload,
} from "../server/objects.ts";
import { sameValue } from "../server/patches.ts";
import type { Reading } from "../server/simulated-api.ts";

/** Something that the controller did to the cluster and cannot take back. */
export type Act =
  | { readonly kind: "delete-pod"; readonly by: string; readonly at: number; readonly pod: Pod }
  | {
      readonly kind: "set-image";
      readonly by: string;
      readonly at: number;
      readonly collection: string;
      readonly before: Workload;
      readonly after: Workload;
      readonly image: string;
    }
  | { readonly kind: "other"; readonly by: string; readonly at: number; readonly commit: Commit };

/** An act that changes what runs. */
export type Change = Extract<Act, { kind: "delete-pod" | "set-image" }>;

/** What the simulation itself knows: the truth about nodes, which the controller can only infer. */
export interface Truth {
  readonly now: () => number;
  readonly processOf: (podUID: string) => NodeProcess | undefined;
  readonly processes: readonly NodeProcess[];
  readonly validatorOf: (podName: string) => Validator;
  readonly all: <T extends Stored>(collection: string) => readonly T[];
  readonly find: <T extends Stored>(collection: string, namespace: string, name: string) => T | undefined;
  readonly told: readonly Told[];
}

export interface Read<T> {
  readonly object: T;
  readonly at: number;
}

/** Who changes what runs a validator beside the workloads' own controllers. */
const MEDDLERS: ReadonlySet<string> = new Set(["operator", "attacker", "node-controller"]);
/** Longest time from a reading to the act that rests on it: two slow requests and one time-out. */
const FRESH_MS = 20_000;

/** Watches every request of every replica. It knows the API and the nodes, and nothing of how the controller works. */
export class Observer {
  readonly truth: Truth;
  readonly acts: Act[] = [];
  readonly #reads = new Map<string, Read<Stored>>();
  readonly #pods = new Map<string, Read<readonly Pod[]>>();
  readonly #toldPods = new Map<string, Pod>();
  readonly #toldPolicies = new Map<string, HaltPolicy>();
  readonly #knownWhenSent = new Map<string, Known>();
  readonly #heights = new Map<Validator, Set<number>>();
  readonly #lastTold = new Map<string, ToldStatus>();
  readonly #meddled = new Map<Validator, number>();
  readonly #authors = new Map<string, { readonly by: string; readonly since: number }>();
  readonly #forgotten: { readonly podName: string; readonly at: number }[] = [];
  readonly #began = new Map<string, number>();
  readonly #changed = new Map<string, number>();
  readonly #policies = new Map<string, readonly Read<readonly HaltPolicy[]>[]>();
  readonly #podReadings = new Map<string, readonly Read<readonly Pod[]>[]>();

  constructor(truth: Truth) {
    this.truth = truth;
  }

  /** Readings that a replica asked for object by object: what it acts on. Its watches are not among them. */
  onReading({ by, path, objects, at, isTold }: Reading): void {
    if (isTold && path === PATHS.pods)
      for (const pod of objects) this.#toldPods.set(`${by} ${pod.metadata.name}`, pod as Pod);
    if (isTold && path === PATHS.policies)
      for (const policy of objects)
        this.#toldPolicies.set(`${by} ${policy.metadata.name}`, policy as unknown as HaltPolicy);
    if (!path.includes("/namespaces/")) return;
    if (/\/haltpolicies$/.test(path)) {
      note(this.#policies, by, { object: objects as unknown as readonly HaltPolicy[], at });
      return;
    }
    if (/\/pods$/.test(path)) {
      const read = { object: objects as unknown as readonly Pod[], at };
      this.#pods.set(by, read);
      note(this.#podReadings, by, read);
      return;
    }
    if (/\/pods\/[^/]+$/.test(path)) this.#notePod(by, path.slice(path.lastIndexOf("/") + 1), objects);
    const [object] = objects;
    if (object !== undefined && path.endsWith(`/${object.metadata.name}`))
      this.#reads.set(`${by} ${path}`, { object, at });
  }

  /** What was read of one pod stands in the place of what the list that it completes showed of it. */
  #notePod(by: string, name: string, objects: readonly Stored[]): void {
    const list = this.#pods.get(by);
    if (list === undefined) return;
    const others = list.object.filter(({ metadata }) => metadata.name !== name);
    this.#pods.set(by, { ...list, object: [...others, ...(objects as unknown as readonly Pod[])] });
  }

  /** A deletion or a change is on its way from now on: what its replica comes to know after that can't call it back. */
  onSend(by: string, path: string): void {
    const now = this.truth.now();
    const newerOf =
      <T extends Stored>(told: ReadonlyMap<string, T>) =>
      (read: T): T => {
        const last = told.get(`${by} ${read.metadata.name}`);
        return last !== undefined && versionOf(last) > versionOf(read) ? last : read;
      };
    const pods = (this.#podsRead(by, now)?.object ?? []).map(newerOf(this.#toldPods));
    const policies = freshOf(this.#policies, by, now).map(({ object }) =>
      object.map(newerOf(this.#toldPolicies)),
    );
    this.#knownWhenSent.set(`${by} ${path}`, { pods, policies });
  }

  /** The pod of this name as the replica knew it, by its last list and its watch, when it sent the deletion of another. */
  podWhenSent({ by, pod }: Extract<Act, { kind: "delete-pod" }>, podName: string): Pod | undefined {
    const known = this.#knownWhenSent.get(`${by} ${pathOfObject(PATHS.pods, pod)}`)?.pods ?? [];
    return known.find(({ metadata }) => metadata.name === podName);
  }

  /** Each reading of the policies that the act may rest on, with what the replica's watch had told of them when it sent the act. */
  policiesWhenSent(act: Change): readonly (readonly HaltPolicy[])[] {
    return this.#knownWhenSent.get(`${act.by} ${pathOfAct(act)}`)?.policies ?? [];
  }

  /** The act that a commit is, if a replica made it. */
  onCommit(commit: Commit): Act | undefined {
    const { by } = commit;
    this.#noteHalt(commit);
    if (MEDDLERS.has(by)) this.#noteMeddling(commit);
    if (!by.startsWith("controller-")) return undefined;
    const at = this.truth.now();
    const act = actOf(commit, by, at);
    this.acts.push(act);
    return act;
  }

  onStatus(told: ToldStatus): void {
    const { by, process, height } = told;
    const heights = this.#heights.get(process.validator) ?? new Set();
    if (height !== undefined) this.#heights.set(process.validator, heights.add(height));
    this.#lastTold.set(`${by} ${process.validator.name}`, told);
  }

  /** Whether a replica was ever told a height of this validator from `least` to `most`. */
  wasToldHeight(validator: Validator, least: number, most: number): boolean {
    const heights = this.#heights.get(validator);
    for (let height = least; height <= most; height += 1) if (heights?.has(height)) return true;
    return false;
  }

  /** What a validator's `/status` told the replica that acts last. */
  toldLast({ by }: Act, { name }: Validator): ToldStatus | undefined {
    return this.#lastTold.get(`${by} ${name}`);
  }

  /** When a person, an attacker or the end of a machine last made, ended or changed something that runs this validator; -1 for never. */
  meddledAt(validator: Validator): number {
    return this.#meddled.get(validator) ?? -1;
  }

  /** Whether a NodeHalt that is there was made by a replica before `at`. */
  isOwnHalt(haltName: string, at: number): boolean {
    const { by = "", since = at } = this.#authors.get(haltName) ?? {};
    return by.startsWith("controller-") && since < at;
  }

  /** For how long a NodeHalt has been there, in milliseconds. */
  ageOf({ metadata }: Stored): number {
    return this.truth.now() - (this.#authors.get(metadata.name)?.since ?? 0);
  }

  /** Whether a person deleted a NodeHalt of this pod after `at`: it may be recorded and acted on again then. */
  wasForgotten(podName: string, after: number): boolean {
    return this.#forgotten.some((one) => one.podName === podName && one.at >= after);
  }

  /** When a NodeHalt's journal first said that its swap had begun. */
  beganAt({ metadata }: Stored): number | undefined {
    return this.#began.get(metadata.uid);
  }

  /** For how long a NodeHalt has been as it is now, in milliseconds. */
  stoodFor({ metadata }: Stored): number {
    return this.truth.now() - (this.#changed.get(metadata.uid) ?? 0);
  }

  #noteHalt({ by, collection, verb, before, after }: Commit): void {
    if (collection !== PATHS.halts) return;
    const halt = (after ?? before) as NodeHalt;
    const { name, uid } = halt.metadata;
    this.#changed.set(uid, this.truth.now());
    if (verb === "create") this.#authors.set(name, { by, since: this.truth.now() });
    if (verb === "delete") {
      this.#authors.delete(name);
      this.#forgotten.push({ podName: halt.spec.podName, at: this.truth.now() });
    }
    if (halt.status?.phase === "Swapping" && !this.#began.has(uid)) this.#began.set(uid, this.truth.now());
  }

  #noteMeddling({ collection, verb, before, after }: Commit): void {
    const object = after ?? before;
    if (object === undefined) return;
    const isPod = collection === PATHS.pods && verb !== "update";
    if (isPod) this.#meddled.set(this.truth.validatorOf(object.metadata.name), this.truth.now());
    const owner = collection === PATHS.replicaSets ? controllerOf(object) : undefined;
    if (owner !== undefined) this.#meddled.set(this.truth.validatorOf(owner.name), this.truth.now());
    // All pods of a Deployment are one validator, which has its name.
    if (collection === PATHS.deployments)
      this.#meddled.set(this.truth.validatorOf(object.metadata.name), this.truth.now());
  }

  /** The pod as the replica read it last for an act. */
  podRead(act: Act, { metadata }: Stored): Read<Pod> | undefined {
    const object = this.podsRead(act)?.object.find(({ metadata: { name } }) => name === metadata.name);
    const list = this.podsRead(act);
    return object === undefined || list === undefined ? undefined : { object, at: list.at };
  }

  /** The pod's labels in each list that the act may rest on: a replica works on several halts at a time. */
  labelsInLists({ by, at }: Act, { metadata }: Pod): readonly Readonly<Record<string, string>>[] {
    return freshOf(this.#podReadings, by, at).flatMap(({ object }) =>
      object.filter(({ metadata: { uid } }) => uid === metadata.uid).map((pod) => pod.metadata.labels ?? {}),
    );
  }

  /** All pods of the namespace as the replica listed them last for an act. */
  podsRead({ by, at }: Act): Read<readonly Pod[]> | undefined {
    return this.#podsRead(by, at);
  }

  #podsRead(by: string, at: number): Read<readonly Pod[]> | undefined {
    const list = this.#pods.get(by);
    return list !== undefined && list.at >= at - FRESH_MS ? list : undefined;
  }

  /** What makes pods here, as it is. */
  workloads(): {
    readonly nodes: readonly Stored[];
    readonly deployments: readonly Stored[];
    readonly sets: readonly Stored[];
  } {
    const { all } = this.truth;
    return {
      nodes: all(PATHS.seiNodes),
      deployments: all(PATHS.deployments),
      sets: [...all(PATHS.statefulSets), ...all(PATHS.replicaSets)],
    };
  }

  /** The policies as the replica read them for an act, newest last. */
  policiesRead(act: Act): readonly HaltPolicy[] | undefined {
    const readings = this.policyReadings(act);
    return readings.length === 0 ? undefined : readings.flat();
  }

  /** Each reading of the policies that the act may rest on: a replica works on several halts at a time. */
  policyReadings({ by, at }: Act): readonly (readonly HaltPolicy[])[] {
    return freshOf(this.#policies, by, at).map(({ object }) => object);
  }

  haltRead({ by, at }: Act, { metadata }: NodeHalt): Read<NodeHalt> | undefined {
    return this.#fresh<NodeHalt>(by, at, pathOfObject(PATHS.halts, { metadata }));
  }

  #fresh<T extends Stored>(by: string, at: number, path: string): Read<T> | undefined {
    const read = this.#reads.get(`${by} ${path}`) as Read<T> | undefined;
    return read !== undefined && read.at >= at - FRESH_MS ? read : undefined;
  }
}

/** What a replica knew as it sent an act. */
interface Known {
  readonly pods: readonly Pod[];
  /** By each reading of them that was fresh. */
  readonly policies: readonly (readonly HaltPolicy[])[];
}

type Readings<T> = Map<string, readonly Read<T>[]>;

/** A replica's readings on which an act at `at` may rest. */
function freshOf<T>(readings: Readings<T>, by: string, at: number): readonly Read<T>[] {
  return (readings.get(by) ?? []).filter((read) => read.at >= at - FRESH_MS);
}

/** Adds a reading to those of its replica that are fresh. */
function note<T>(readings: Readings<T>, by: string, read: Read<T>): void {
  readings.set(by, [...freshOf(readings, by, read.at), read]);
}

function versionOf({ metadata }: Stored): number {
  return Number(metadata.resourceVersion);
}

/** Where the request was sent that an act came of. */
function pathOfAct(act: Change): string {
  return act.kind === "delete-pod"
    ? pathOfObject(PATHS.pods, act.pod)
    : pathOfObject(act.collection, act.before);
}

function actOf(commit: Commit, by: string, at: number): Act {
  const { collection, verb, before, after } = commit;
  if (collection === PATHS.pods && verb === "delete")
    return { kind: "delete-pod", by, at, pod: before as Pod };
  if (IMAGE_HOLDERS.has(collection) && before !== undefined && after !== undefined) {
    const [was, is] = [before as Workload, after as Workload];
    if (!sameValue(was.spec, is.spec))
      return { kind: "set-image", by, at, collection, before: was, after: is, image: imageIn(is) ?? "" };
  }
  return { kind: "other", by, at, commit };
}

/** Image that a workload's pods are made with. */
export function imageIn({ spec }: Workload): string | undefined {
  return "image" in spec ? spec.image : spec.template.spec.containers[0]?.image;
}
