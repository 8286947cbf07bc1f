import { type KubeApi, type KubeObject, PAGE } from "@upgrade-halt/kube";
import { type Listed, listByMetadata, type Reading } from "./list-by-metadata.ts";

/**
 * Lists that are read from the API server after they were asked for, and never from a copy. Whoever asks while one
 * is being read shares the next one, so that a thousand who ask at once cost two lists.
 */
export class FreshLists<T extends KubeObject> {
  readonly #api: KubeApi;
  readonly #objects: Omit<Reading<T>, "sizes">;
  readonly #running = new Map<string, Promise<Listed<T>>>();
  readonly #next = new Map<string, Promise<Listed<T>>>();
  /** By path: how many objects a page may have, where more were too large. */
  readonly #most = new Map<string, number>();

  constructor(api: KubeApi, objects: Omit<Reading<T>, "sizes">) {
    this.#api = api;
    this.#objects = objects;
  }

  /**
   * Every object of the collection at `path`, as of a moment after the call: in one request where they are as many as
   * `expected`, and not too large.
   */
  list(path: string, expected = 0): Promise<Listed<T>> {
    const running = this.#running.get(path);
    if (running === undefined) return this.#begin(path, expected);
    const known = this.#next.get(path);
    if (known !== undefined) return known;
    const next = running.then(
      () => this.#begin(path, expected),
      () => this.#begin(path, expected),
    );
    this.#next.set(path, next);
    return next;
  }

  #begin(path: string, expected: number): Promise<Listed<T>> {
    this.#next.delete(path);
    const list = this.#read(path, expected).finally(() => this.#running.delete(path));
    this.#running.set(path, list);
    return list;
  }

  async #read(path: string, expected: number): Promise<Listed<T>> {
    const most = this.#most.get(path) ?? PAGE.most;
    // One more than expected: an object that came meanwhile is no reason to ask twice.
    const first = Math.min(Math.max(expected + 1, PAGE.first), most);
    const onTooLarge = (fewer: number) => this.#most.set(path, fewer);
    return await listByMetadata(this.#api, path, { ...this.#objects, sizes: { first, most, onTooLarge } });
  }
}
