import { stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { expired } from "./api-error.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** One committed write: what watchers see. `previous` is what selectors matched before it. */
export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly storageKey: string;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

export type ChangeListener = (change: Change) => void;

/**
 * All objects, one revision counter over them, and the last `historyLimit` changes to resume watches from.
 * Every method is synchronous, so a caller that reads and commits in one turn does so atomically.
 */
export class Store {
  #revision = 1;
  #compacted = 0;
  readonly #historyLimit: number;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #history: Change[] = [];
  readonly #allListeners = new Set<ChangeListener>();
  readonly #listeners = new Map<string, Set<ChangeListener>>();
  /** The revision from which a resource's changes are kept, where that isn't the first. */
  readonly #begun = new Map<string, number>();

  constructor(historyLimit = 20_000) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  get(storageKey: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(storageKey)?.get(`${namespace}/${name}`);
  }

  /** The objects of a resource, all namespaces when `namespace` is undefined, in etcd's key order. */
  list(storageKey: string, namespace?: string): readonly KubeObject[] {
    const entries = [...(this.#objects.get(storageKey) ?? [])];
    const wanted =
      namespace === undefined ? entries : entries.filter(([key]) => key.startsWith(`${namespace}/`));
    wanted.sort(([left], [right]) => (left < right ? -1 : 1));
    return wanted.map(([, object]) => object);
  }

  /** Stores `object` under a new resourceVersion, or removes it; returns it as stored. */
  commit(type: ChangeType, storageKey: string, object: KubeObject): KubeObject {
    this.#revision += 1;
    const revision = this.#revision;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const key = `${stringAt(stored, "metadata", "namespace") ?? ""}/${stored.metadata.name}`;
    const objects = this.#objects.get(storageKey) ?? new Map<string, KubeObject>();
    this.#objects.set(storageKey, objects);
    const previous = objects.get(key);
    if (type === "DELETED") objects.delete(key);
    else objects.set(key, stored);
    this.#publish({ type, revision, storageKey, object: stored, previous });
    return stored;
  }

  /** A resource is served from now on: as a fresh watch cache, it knows nothing of the time before. */
  begin(storageKey: string): void {
    this.#begun.set(storageKey, this.#revision);
  }

  /** Forgets the changes up to now: a watch from an older resourceVersion is then 410 Expired. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history.length = 0;
  }

  /**
   * Calls `listener` with each change after `from`, the past ones before it returns.
   * @throws ApiError 410 when `from` is compacted.
   */
  watch(storageKey: string, from: number, listener: ChangeListener): () => void {
    const oldest = Math.max(this.#compacted, this.#begun.get(storageKey) ?? 0);
    if (from < oldest) throw expired(`too old resource version: ${from} (${oldest})`);
    for (const change of this.#changesAfter(from)) if (change.storageKey === storageKey) listener(change);
    const listeners = this.#listeners.get(storageKey) ?? new Set<ChangeListener>();
    this.#listeners.set(storageKey, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Calls `listener` with every change of every resource from now on. */
  watchAll(listener: ChangeListener): void {
    this.#allListeners.add(listener);
  }

  #changesAfter(revision: number): readonly Change[] {
    if (revision >= this.#revision) return [];
    const first = this.#history.findIndex((change) => change.revision > revision);
    return first === -1 ? [] : this.#history.slice(first);
  }

  #publish(change: Change): void {
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit * 1.1) {
      const dropped = this.#history.splice(0, this.#history.length - this.#historyLimit);
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted;
    }
    for (const listener of this.#listeners.get(change.storageKey) ?? []) listener(change);
    for (const listener of this.#allListeners) listener(change);
  }
}
