import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "./backoff.ts";
import { hasCode, messageOf } from "./coded-error.ts";
import { KubeError } from "./kube-error.ts";
import { listPages } from "./list-pages.ts";
import { errorOfWatch } from "./response-error.ts";
import { isOlderVersion, keyOf, type Store } from "./store.ts";
import type { KubeApi, KubeObject, Query } from "./types.ts";

/** Why an informer listed or watched again; a label of its metrics. */
export const RESTART_REASONS = ["ended", "expired", "failed", "silent", "relist"] as const;
export type RestartReason = (typeof RESTART_REASONS)[number];

export interface InformerOptions<T extends KubeObject> {
  readonly api: Pick<KubeApi, "list" | "watch">;
  readonly path: string;
  /** Of the list and of each watch, such as a `fieldSelector`. */
  readonly query?: Query;
  readonly store: Store<T>;
  /** Called with each object that came, changed or went. It must only take note (add a key to a queue). */
  readonly onChange: (object: T) => void;
  /** Keeps what the controller needs of an object: ten thousand whole pods would be much memory. */
  readonly project?: (object: T) => T;
  /** Whether an object is kept at all (each is, unless said). Call `relist` when it would say otherwise of some. */
  readonly keep?: (object: T) => boolean;
  readonly onRestart?: (reason: RestartReason, detail: string) => void;
  /** A watch is asked to last this long, and everything is listed anew after `relistMs`. */
  readonly watchMs?: number;
  readonly relistMs?: number;
  /** How long after its end a silent watch counts as dead: a half-open connection says nothing. */
  readonly graceMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
}

/** A watch that ends sooner counts as a failure, so that a server which can't watch is not asked all the time. */
const SHORTEST_MS = 500;
/** After so many failed watches in a row the place to watch from is in doubt as well: a server may have lost it. */
const DOUBTFUL = 3;

/**
 * Keeps a store equal to a collection of the API server: list, watch from there, resume from the last bookmark,
 * list again on 410 and every `relistMs`, restart with jittered back-off for ever. A server whose versions went back
 * (restored from a backup) is believed over what was known. It replaces client-node's informer, which gives up after
 * a reset connection and reports a failed first list as success.
 */
export class Informer<T extends KubeObject> {
  readonly #options: Required<InformerOptions<T>>;
  readonly #stop = new AbortController();
  /** Where the next watch begins. */
  #version: string | undefined;
  #mustList = true;
  #isListing = false;
  /** Ends the watch that is open. */
  #interrupt = new AbortController();
  #listedAt = 0;
  #failures = 0;
  #synced = Promise.withResolvers<void>();
  #done: Promise<void> | undefined;
  hasSynced = false;
  /** Why the copy can't be kept up now; empty while it can. */
  fault = "";
  /** Milliseconds since the epoch of the last sign of life; 0 before the first. */
  lastContactAt = 0;

  constructor(options: InformerOptions<T>) {
    this.#options = {
      project: (object) => object,
      query: {},
      keep: () => true,
      onRestart: () => {},
      watchMs: 45_000,
      relistMs: 900_000,
      graceMs: 10_000,
      backoff: { baseMs: 50, maxMs: 10_000 },
      ...options,
    };
  }

  /** Begins, and resolves when the first list is in the store (however many attempts that takes). */
  async start(): Promise<void> {
    this.#done ??= this.#run();
    await this.#synced.promise;
  }

  /** Whether all that is to be kept was listed since it was said last what that is. */
  get isCurrent(): boolean {
    return this.hasSynced && !this.#mustList && !this.#isListing;
  }

  /** Lists everything anew as soon as may be: what is kept has changed. */
  relist(): void {
    this.#mustList = true;
    this.#interrupt.abort();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  async #round(): Promise<void> {
    const relistDue =
      performance.now() - this.#listedAt > this.#options.relistMs * (0.9 + 0.2 * Math.random());
    if (this.#mustList) await this.#list();
    else if (relistDue) {
      this.#options.onRestart("relist", "the relist timer");
      await this.#list();
    }
    await this.#watch();
  }

  async #recover(error: unknown): Promise<void> {
    this.#failures += 1;
    this.fault = messageOf(error);
    const expired = hasCode(error, "gone");
    this.#mustList ||= expired || this.#failures >= DOUBTFUL;
    this.#options.onRestart(expired ? "expired" : "failed", messageOf(error));
    const asked = hasCode(error, "too-many-requests", "server-error") ? (error.retryAfterMs ?? 0) : 0;
    const pause =
      expired && this.#failures === 1 ? 0 : Math.max(asked, backoffMs(this.#failures, this.#options.backoff));
    await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => {});
  }

  async #list(): Promise<void> {
    this.#mustList = false;
    this.#interrupt = new AbortController();
    this.#isListing = true;
    try {
      await this.#listAll();
    } catch (error) {
      this.#mustList = true;
      throw error;
    } finally {
      this.#isListing = false;
    }
  }

  async #listAll(): Promise<void> {
    const { api, path, query, store, project, keep } = this.#options;
    const gone = new Set(store.keys());
    let version: string | undefined;
    for await (const list of listPages<T>(api, path, query)) {
      version = list.metadata.resourceVersion;
      const rewound = isOlderVersion(version, this.#version);
      for (const item of list.items) {
        const object = project(item);
        if (!keep(object)) continue;
        gone.delete(keyOf(object));
        if (rewound) store.delete(keyOf(object));
        this.#take(object);
      }
    }
    for (const key of gone) this.#forget(key);
    this.#version = version;
    this.#listedAt = performance.now();
    this.#heard();
    this.hasSynced = true;
    this.#synced.resolve();
  }

  #heard(): void {
    this.lastContactAt = Date.now();
    this.fault = "";
  }

  #forget(key: string): void {
    const object = this.#options.store.get(key);
    this.#options.store.delete(key);
    if (object !== undefined) this.#options.onChange(object);
  }

  async #watch(): Promise<void> {
    const { api, path, watchMs, graceMs, onRestart } = this.#options;
    const timeoutSeconds = Math.max(1, Math.round((watchMs * (0.75 + 0.5 * Math.random())) / 1000));
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000 + graceMs);
    const began = performance.now();
    const query = {
      ...this.#options.query,
      resourceVersion: this.#version,
      allowWatchBookmarks: true,
      timeoutSeconds,
    };
    const interrupt = this.#interrupt.signal;
    const signal = AbortSignal.any([deadline, interrupt, this.#stop.signal]);
    try {
      for await (const event of api.watch<T>(path, query, signal, () => this.#heard())) {
        this.#heard();
        if (event.type === "ERROR") throw errorOfWatch(event.object);
        this.#failures = 0;
        this.#version = event.object.metadata.resourceVersion;
        if (event.type !== "BOOKMARK") this.#apply(event.type, event.object);
      }
      if (this.#stop.signal.aborted || interrupt.aborted) return;
      if (performance.now() - began < SHORTEST_MS) throw endedAtOnce();
      this.#failures = 0;
      this.#heard();
      onRestart("ended", "the server ended the watch");
    } catch (error) {
      if (interrupt.aborted && !this.#stop.signal.aborted) return;
      if (!deadline.aborted) throw error;
      onRestart("silent", `no end and no word after ${timeoutSeconds} s`);
    }
  }

  #apply(type: "ADDED" | "MODIFIED" | "DELETED", raw: T): void {
    const { store, project, keep, onChange } = this.#options;
    const object = project(raw);
    if (type !== "DELETED" && keep(object)) {
      this.#take(object);
      return;
    }
    const known = store.get(keyOf(object));
    if (known === undefined && !keep(object)) return;
    if (store.get(keyOf(object))?.metadata.uid === object.metadata.uid) store.delete(keyOf(object));
    onChange(object);
  }

  /** Another object of the same name shows that the one before went, though nobody said so. */
  #take(object: T): void {
    const { store, onChange } = this.#options;
    const before = store.get(keyOf(object));
    if (!store.put(object)) return;
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) onChange(before);
    onChange(object);
  }
}

function endedAtOnce(): KubeError {
  return new KubeError("server-error", "the server ended the watch at once");
}
