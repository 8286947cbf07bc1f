import type { KubeApi, KubeList, KubeObject, Query, WatchEvent } from "../types.ts";

/** What the n-th watch does: yields its events, then ends, fails or stays open until it is aborted. */
export interface WatchScript {
  readonly events?: readonly WatchEvent<KubeObject>[];
  readonly ends: "normally" | "never" | Error;
}

/** An API server that answers lists and watches in turn, as a test scripts them; the last of each repeats. */
export class ScriptedApi implements Pick<KubeApi, "list" | "watch"> {
  readonly watchedFrom: unknown[] = [];
  lists = 0;
  readonly #lists: readonly (KubeList<KubeObject> | Error)[];
  readonly #watches: readonly WatchScript[];

  constructor(lists: readonly (KubeList<KubeObject> | Error)[], watches: readonly WatchScript[]) {
    this.#lists = lists;
    this.#watches = watches;
  }

  async list<T extends KubeObject>(_path: string, _query?: Query): Promise<KubeList<T>> {
    const answer = this.#lists[Math.min(this.lists, this.#lists.length - 1)];
    this.lists += 1;
    if (answer instanceof Error || answer === undefined) throw answer;
    return answer as KubeList<T>;
  }

  async *watch<T extends KubeObject>(
    _: string,
    query: Query,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>> {
    const script = this.#watches[Math.min(this.watchedFrom.length, this.#watches.length - 1)];
    this.watchedFrom.push(query.resourceVersion);
    for (const event of script?.events ?? []) yield event as WatchEvent<T>;
    if (script?.ends instanceof Error) throw script.ends;
    signal.throwIfAborted();
    if (script?.ends === "never")
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }
}

export function objectNamed(name: string, version: string): KubeObject {
  return { metadata: { name, namespace: "sei", uid: `uid-${name}`, resourceVersion: version } };
}

export function listOf(version: string, ...items: readonly KubeObject[]): KubeList<KubeObject> {
  return { metadata: { resourceVersion: version }, items };
}
