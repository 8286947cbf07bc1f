import type { KubeObject } from "./types.ts";

/** `namespace/name`, the key of an object in a store. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** The namespace in the key of an object. */
export function namespaceOfKey(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/**
 * Whether resource version `a` is older than `b`. They are increasing decimal numbers on every server (KEP-5504);
 * of anything else nothing is known.
 */
export function isOlderVersion(a = "", b = ""): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}

const NONE: readonly never[] = [];

/** Objects by key, with one index. A copy of what the API server holds: never the truth, always replaceable. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #index = new Map<string, Set<string>>();
  /** What `under` returned of each value, until an object under it changes. */
  readonly #lists = new Map<string, readonly T[]>();
  readonly #indexOf: (object: T) => readonly string[];

  constructor(indexOf: (object: T) => readonly string[] = () => []) {
    this.#indexOf = indexOf;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** Objects under one value of the index: the same array for as long as they are the same objects. */
  under(value: string): readonly T[] {
    const keys = this.#index.get(value);
    if (keys === undefined) return NONE;
    const known = this.#lists.get(value);
    if (known !== undefined) return known;
    const list = [...keys].flatMap((key) => this.#objects.get(key) ?? []);
    this.#lists.set(value, list);
    return list;
  }

  /** Takes `object` unless a newer sight of it is known already; says whether it was taken. */
  put(object: T): boolean {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known !== undefined) {
      const { uid, resourceVersion } = known.metadata;
      if (uid === object.metadata.uid && isOlderVersion(object.metadata.resourceVersion, resourceVersion))
        return false;
      this.#unindex(key, known);
    }
    this.#objects.set(key, object);
    for (const value of this.#indexOf(object)) {
      const keys = this.#index.get(value) ?? new Set();
      this.#index.set(value, keys.add(key));
      this.#lists.delete(value);
    }
    return true;
  }

  delete(key: string): void {
    const known = this.#objects.get(key);
    if (known === undefined) return;
    this.#unindex(key, known);
    this.#objects.delete(key);
  }

  #unindex(key: string, object: T): void {
    for (const value of this.#indexOf(object)) {
      const keys = this.#index.get(value);
      keys?.delete(key);
      this.#lists.delete(value);
      if (keys?.size === 0) this.#index.delete(value);
    }
  }
}
