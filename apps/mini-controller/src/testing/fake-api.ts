import {
  type BoundedText,
  type JsonPatchOperation,
  type KubeApi,
  type KubeList,
  type KubeObject,
  METADATA_LIST,
  type Query,
  type RemoveOptions,
  type WatchEvent,
} from "@upgrade-halt/kube";
import { ControllerError } from "../controller-error.ts";
import type { Pod } from "../model/pod.ts";
import { applyConditionsPatch, applyJsonPatch, applyMergePatch, type JsonObject } from "./patches.ts";

type Stored = KubeObject & JsonObject;

interface Watcher {
  readonly collection: string;
  readonly push: (event: WatchEvent<KubeObject>) => void;
}

/**
 * As much of an API server as the controller's tests need, in memory: versions and conflicts, UID preconditions,
 * a status that only its subresource writes, watches. It owes what it does to the real one, which the end-to-end
 * tests use.
 */
export class FakeApi implements KubeApi {
  readonly objects = new Map<string, Stored>();
  /** Names of what was deleted without a grace period, which waits for the end of no process. */
  readonly forced: string[] = [];
  /** Told of each change that was made, after it. */
  onWrite: (before: Stored | undefined, after: Stored | undefined) => void = () => {};
  /** What a container wrote, by the path of its pod's log. May throw. */
  logOf: (path: string, query: Query) => string = () => "";
  readonly #watchers = new Set<Watcher>();
  /** Every change there was, so that a watch begins where its list ended. */
  readonly #changes: {
    readonly version: number;
    readonly key: string;
    readonly event: WatchEvent<KubeObject>;
  }[] = [];
  #version = 1;
  #uid = 0;

  async get<T extends KubeObject>(path: string): Promise<T> {
    return structuredClone(this.#at(path)) as unknown as T;
  }

  /** Pages are cut from the objects as they are when each is asked for: nothing changes between two of a test. */
  async list<T extends KubeObject>(path: string, query: Query = {}, as?: "metadata"): Promise<KubeList<T>> {
    const begin = Number(query.continue ?? 0);
    const end = begin + Number(query.limit ?? Number.POSITIVE_INFINITY);
    const found = [...this.objects].filter(([key]) => isIn(key, path));
    const items = found.slice(begin, end).map(([, object]) => structuredClone(object));
    const next = end < found.length ? { continue: String(end) } : {};
    const metadata = { resourceVersion: String(this.#version), ...next };
    if (as === undefined) return { metadata, items: items as unknown as T[] };
    const heads = items.map((object) => ({ metadata: object.metadata }));
    return { kind: METADATA_LIST, metadata, items: heads as unknown as T[] };
  }

  async create<T extends KubeObject>(path: string, body: object): Promise<T> {
    const draft = structuredClone(body) as Stored;
    const key = `${path}/${draft.metadata.name}`;
    if (this.objects.has(key)) throw new ControllerError("already-exists", `${key} already exists`);
    if (path.endsWith("/nodehalts") || path.endsWith("/noderecords")) delete draft.status;
    this.#uid += 1;
    const metadata = {
      creationTimestamp: new Date().toISOString(),
      generation: 1,
      ...draft.metadata,
      uid: `uid-${this.#uid}`,
    };
    return this.#store(key, { ...draft, metadata }) as unknown as T;
  }

  async mergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#patch(path, body, (before) => applyMergePatch(before, body));
  }

  async strategicMergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#patch(path, body, (before) => applyConditionsPatch(before, body));
  }

  async jsonPatch<T extends KubeObject>(path: string, operations: readonly JsonPatchOperation[]): Promise<T> {
    const after = applyJsonPatch(this.#at(path), operations);
    if (after === undefined) throw new ControllerError("invalid", `${path}: a test of the patch failed`);
    return this.#change(path, after) as unknown as T;
  }

  async replace<T extends KubeObject>(path: string, body: object): Promise<T> {
    const next = structuredClone(body) as Stored;
    if (next.metadata.resourceVersion !== this.#at(path).metadata.resourceVersion) throw conflict(path);
    return this.#change(path, next) as unknown as T;
  }

  async remove(path: string, uid: string, options: RemoveOptions = {}): Promise<void> {
    const { resourceVersion, gracePeriodSeconds } = options;
    const before = this.#at(path);
    if (before.metadata.uid !== uid) throw conflict(path);
    if (resourceVersion !== undefined && before.metadata.resourceVersion !== resourceVersion)
      throw conflict(path);
    const own = (before.spec as Pod["spec"] | undefined)?.terminationGracePeriodSeconds;
    if ((gracePeriodSeconds ?? own) === 0) this.forced.push(before.metadata.name);
    this.drop(path);
  }

  async text(path: string, query: Query, mostBytes: number): Promise<BoundedText> {
    const text = this.logOf(path, query);
    return { text: text.slice(0, mostBytes), isWhole: text.length <= mostBytes };
  }

  async *watch<T extends KubeObject>(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const events: WatchEvent<KubeObject>[] = [];
    let wake = () => {};
    const watcher: Watcher = {
      collection: path,
      push: (event) => {
        events.push(event);
        wake();
      },
    };
    for (const { version, key, event } of this.#changes)
      if (version > Number(query.resourceVersion ?? this.#version) && isIn(key, path))
        events.push(structuredClone(event));
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        for (const event of events.splice(0)) yield event as WatchEvent<T>;
        if (events.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Deletes without preconditions, as a kubelet or a person does. */
  drop(path: string): void {
    const before = this.objects.get(path);
    if (before === undefined) return;
    this.objects.delete(path);
    this.#version += 1;
    const gone = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.#version) } };
    this.#tell(path, { type: "DELETED", object: gone });
    this.onWrite(before, undefined);
  }

  #patch<T>(path: string, body: object, apply: (before: Stored) => JsonObject): T {
    const { resourceVersion, uid } = (body as Partial<KubeObject>).metadata ?? {};
    const before = this.#at(path);
    if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
      throw conflict(path);
    if (uid !== undefined && uid !== before.metadata.uid)
      throw new ControllerError("invalid", `${path}: other UID`);
    return this.#change(path, apply(before)) as unknown as T;
  }

  #at(path: string): Stored {
    const object = this.objects.get(path.replace(/\/status$/, ""));
    if (object === undefined) throw new ControllerError("not-found", `${path} not found`);
    return object;
  }

  /** Only the part that the path writes: the status through its subresource, everything else otherwise. */
  #change(path: string, wanted: JsonObject): Stored {
    const key = path.replace(/\/status$/, "");
    const before = this.#at(key);
    const statusOnly = path.endsWith("/status");
    const next = (
      statusOnly ? { ...before, status: wanted.status } : { ...wanted, status: before.status }
    ) as Stored;
    const changed = JSON.stringify(before.spec) !== JSON.stringify(next.spec);
    const generation = (before.metadata.generation ?? 1) + (changed ? 1 : 0);
    return this.#store(key, { ...next, metadata: { ...next.metadata, generation } });
  }

  #store(key: string, object: Stored): Stored {
    const before = this.objects.get(key);
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.objects.set(key, stored);
    this.#tell(key, { type: before === undefined ? "ADDED" : "MODIFIED", object: stored });
    this.onWrite(before, stored);
    return structuredClone(stored);
  }

  #tell(key: string, event: WatchEvent<KubeObject>): void {
    this.#changes.push({ version: this.#version, key, event: structuredClone(event) });
    for (const { collection, push } of this.#watchers)
      if (isIn(key, collection)) push(structuredClone(event));
  }
}

/** Whether an object's path is in a collection: of its namespace, or of all namespaces. */
function isIn(objectPath: string, collection: string): boolean {
  const own = objectPath.slice(0, objectPath.lastIndexOf("/"));
  return own === collection || own.replace(/\/namespaces\/[^/]+/, "") === collection;
}

function conflict(path: string): ControllerError {
  return new ControllerError("conflict", `${path}: the object has been modified`);
}
