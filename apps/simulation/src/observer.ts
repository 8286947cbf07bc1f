import type { Commit } from "./api-server.ts";
import type { NodeProcess, Validator } from "./cluster/node.ts";
import {
  type HaltPolicy,
  type NodeHalt,
  PATHS,
  type Pod,
  pathOfObject,
  type Stored,
  type Workload,
} from "./objects.ts";
import type { Told } from "./pager.ts";
import { sameValue } from "./patches.ts";
import type { Reading } from "./simulated-api.ts";

/** Something that the controller did to the cluster and cannot take back. */
export type Act =
  | { readonly kind: "delete-pod"; readonly by: string; readonly at: number; readonly pod: Pod }
  | {
      readonly kind: "set-image";
      readonly by: string;
      readonly at: number;
      readonly before: Workload;
      readonly after: Workload;
      readonly image: string;
    }
  | { readonly kind: "other"; readonly by: string; readonly at: number; readonly commit: Commit };

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

/** Images in which a validator was seen at work, and up to which height. */
export interface Ran {
  readonly image: string;
  readonly until: number;
}

const MADE: ReadonlySet<string> = new Set([PATHS.pods, PATHS.deployments]);
/** Collections of objects that hold an image. */
const HOLDERS: ReadonlySet<string> = new Set([PATHS.statefulSets, PATHS.deployments, PATHS.seiNodes]);
/** Longest time from a reading to the act that rests on it: two slow requests and one time-out. */
const FRESH_MS = 20_000;

/** Watches every request of every replica. It knows the API and the nodes, and nothing of how the controller works. */
export class Observer {
  readonly truth: Truth;
  readonly acts: Act[] = [];
  readonly #reads = new Map<string, Read<Stored>>();
  readonly #pods = new Map<string, Read<readonly Pod[]>>();
  /** When a person or an attacker last touched a pod or what makes one. */
  meddledAt = -1;
  readonly #policies = new Map<string, readonly Read<readonly HaltPolicy[]>[]>();

  constructor(truth: Truth) {
    this.truth = truth;
  }

  /** Readings that a replica asked for object by object: what it acts on. Its watches are not among them. */
  onReading({ by, path, objects, at }: Reading): void {
    if (!path.includes("/namespaces/")) return;
    if (/\/haltpolicies$/.test(path)) {
      const recent = (this.#policies.get(by) ?? []).filter((read) => read.at >= at - FRESH_MS);
      this.#policies.set(by, [...recent, { object: objects as unknown as readonly HaltPolicy[], at }]);
      return;
    }
    if (/\/pods$/.test(path)) {
      this.#pods.set(by, { object: objects as unknown as readonly Pod[], at });
      return;
    }
    const [object] = objects;
    if (object !== undefined && path.endsWith(`/${object.metadata.name}`))
      this.#reads.set(`${by} ${path}`, { object, at });
  }

  /** The act that a commit is, if a replica made it. */
  onCommit(commit: Commit): Act | undefined {
    const { by } = commit;
    if ((by === "operator" || by === "attacker") && MADE.has(commit.collection))
      this.meddledAt = this.truth.now();
    if (!by.startsWith("controller-")) return undefined;
    const at = this.truth.now();
    const act = actOf(commit, by, at);
    this.acts.push(act);
    return act;
  }

  /** The pod as the replica read it last for an act. */
  podRead(act: Act, { metadata }: Stored): Read<Pod> | undefined {
    const object = this.podsRead(act)?.object.find(({ metadata: { name } }) => name === metadata.name);
    const list = this.podsRead(act);
    return object === undefined || list === undefined ? undefined : { object, at: list.at };
  }

  /** All pods of the namespace as the replica listed them last for an act. */
  podsRead({ by, at }: Act): Read<readonly Pod[]> | undefined {
    const list = this.#pods.get(by);
    return list !== undefined && list.at >= at - FRESH_MS ? list : undefined;
  }

  /** What makes pods here, as it is. */
  workloads(): { readonly deployments: readonly Stored[]; readonly sets: readonly Stored[] } {
    const { all } = this.truth;
    return {
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
    const readings = this.#policies.get(by) ?? [];
    return readings.filter((read) => read.at >= at - FRESH_MS).map(({ object }) => object);
  }

  haltRead({ by, at }: Act, { metadata }: NodeHalt): Read<NodeHalt> | undefined {
    return this.#fresh<NodeHalt>(by, at, pathOfObject(PATHS.halts, { metadata }));
  }

  #fresh<T extends Stored>(by: string, at: number, path: string): Read<T> | undefined {
    const read = this.#reads.get(`${by} ${path}`) as Read<T> | undefined;
    return read !== undefined && read.at >= at - FRESH_MS ? read : undefined;
  }
}

function actOf(commit: Commit, by: string, at: number): Act {
  const { collection, verb, before, after } = commit;
  if (collection === PATHS.pods && verb === "delete")
    return { kind: "delete-pod", by, at, pod: before as Pod };
  if (HOLDERS.has(collection) && before !== undefined && after !== undefined) {
    const [was, is] = [before as Workload, after as Workload];
    if (!sameValue(was.spec, is.spec))
      return { kind: "set-image", by, at, before: was, after: is, image: imageIn(is) ?? "" };
  }
  return { kind: "other", by, at, commit };
}

/** Image that a workload's pods are made with. */
export function imageIn({ spec }: Workload): string | undefined {
  return "image" in spec ? spec.image : spec.template.spec.containers[0]?.image;
}
