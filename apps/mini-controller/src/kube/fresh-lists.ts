import { listPages } from "./list-pages.ts";
import type { KubeApi, KubeObject } from "./types.ts";

/**
 * Lists that are read from the API server after they were asked for, and never from a copy. Whoever asks while one
 * is being read shares the next one, so that a thousand who ask at once cost two lists.
 */
export class FreshLists<T extends KubeObject> {
  readonly #api: KubeApi;
  readonly #project: (object: T) => T;
  readonly #running = new Map<string, Promise<readonly T[]>>();
  readonly #next = new Map<string, Promise<readonly T[]>>();

  /** `project` says what of each object is kept, as its page arrives. */
  constructor(api: KubeApi, project: (object: T) => T) {
    this.#api = api;
    this.#project = project;
  }

  /** Every object of the collection at `path`, as of a moment after the call. */
  list(path: string): Promise<readonly T[]> {
    const running = this.#running.get(path);
    if (running === undefined) return this.#begin(path);
    const known = this.#next.get(path);
    if (known !== undefined) return known;
    const next = running.then(
      () => this.#begin(path),
      () => this.#begin(path),
    );
    this.#next.set(path, next);
    return next;
  }

  #begin(path: string): Promise<readonly T[]> {
    this.#next.delete(path);
    const list = this.#read(path).finally(() => this.#running.delete(path));
    this.#running.set(path, list);
    return list;
  }

  async #read(path: string): Promise<readonly T[]> {
    const objects: T[] = [];
    for await (const { items } of listPages<T>(this.#api, path))
      for (const item of items) objects.push(this.#project(item));
    return objects;
  }
}
