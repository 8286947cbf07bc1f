import { setTimeout as delay } from "node:timers/promises";
import { arrayAt, isObject, type Json, objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { ClientError, isStatus } from "./client-error.ts";
import type { KubeClient } from "./kube-client.ts";
import { pathOf, type ResourceKind } from "./resource-path.ts";

export interface CacheOptions {
  readonly namespace?: string;
  /** Query parameters such as `fieldSelector=spec.nodeName%3Da`. */
  readonly selector?: string;
}

/** Told of each change: the object as it is now, or undefined with the last state known when it went. */
export type CacheListener = (
  key: string,
  object: KubeObject | undefined,
  last: KubeObject | undefined,
) => void;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
const WATCH_SECONDS = 300;

/** `namespace/name`, or the bare name of a cluster-scoped object. */
export function keyOf(object: KubeObject): string {
  const namespace = stringAt(object, "metadata", "namespace") ?? "";
  return namespace === "" ? object.metadata.name : `${namespace}/${object.metadata.name}`;
}

/**
 * A live copy of a collection: list, then watch from there; resumes where a watch ended, lists again after
 * 410 or an error with growing, jittered waits, for as long as `signal` lets it.
 */
export class ResourceCache {
  readonly #client: KubeClient;
  readonly #path: string;
  readonly #selector: string;
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<CacheListener>();
  readonly #kind: ResourceKind;
  #revision = "";
  #fault = "";

  constructor(client: KubeClient, kind: ResourceKind, options: CacheOptions = {}) {
    this.#client = client;
    this.#kind = kind;
    this.#path = pathOf(kind, options.namespace);
    this.#selector = options.selector ?? "";
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  values(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  /** Why the copy can't be kept up now; empty while it can. */
  get fault(): string {
    return this.#fault;
  }

  /** Takes an object that a write returned, so that it is seen before its watch event arrives. */
  put(object: KubeObject): void {
    const known = this.#objects.get(keyOf(object));
    if (known === undefined || revisionOf(known) < revisionOf(object)) this.#set(keyOf(object), object);
  }

  /** Calls `listener` at every change until the returned function is called. */
  onChange(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs until `signal` aborts; the promise resolves when the first list has arrived. */
  start(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#run(signal, resolve);
    return promise;
  }

  async #run(signal: AbortSignal, synced: () => void): Promise<void> {
    let retry = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        if (this.#revision === "") await this.#list();
        synced();
        await this.#watch(signal);
        retry = FIRST_RETRY_MS;
      } catch (error) {
        if (signal.aborted) return;
        this.#fault = error instanceof Error ? error.message : String(error);
        if (!isStatus(error, 0)) this.#revision = "";
        await delay(retry * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
        retry = Math.min(retry * 2, LAST_RETRY_MS);
      }
    }
  }

  async #list(): Promise<void> {
    const list = await this.#client.get(this.#url(""));
    const { apiVersion } = this.#kind;
    const kind = stringAt(list, "kind")?.replace(/List$/, "") ?? "";
    const items = arrayAt(list, "items").filter(isObject);
    const fresh = new Map(
      items.map((item) => asObject({ apiVersion, kind, ...item })).map((item) => [keyOf(item), item]),
    );
    for (const key of [...this.#objects.keys()]) if (!fresh.has(key)) this.#remove(key);
    for (const [key, object] of fresh) this.#set(key, object);
    this.#revision = stringAt(list, "metadata", "resourceVersion") ?? "";
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${this.#revision}`;
    const onOpen = (): void => {
      this.#fault = "";
    };
    for await (const line of this.#client.lines(this.#url(query), signal, onOpen)) {
      if (line === "") continue;
      const event: Json = JSON.parse(line);
      const object = objectAt(event, "object");
      this.#handle(stringAt(event, "type") ?? "", asObject(object));
    }
  }

  #handle(type: string, object: KubeObject): void {
    if (type === "ERROR") {
      throw new ClientError(
        Number(object.code ?? 500),
        stringAt(object, "reason") ?? "",
        stringAt(object, "message") ?? "",
      );
    }
    this.#revision = stringAt(object, "metadata", "resourceVersion") ?? this.#revision;
    if (type === "DELETED") this.#remove(keyOf(object), object);
    else if (type !== "BOOKMARK") {
      const known = this.#objects.get(keyOf(object));
      if (known === undefined || revisionOf(known) < revisionOf(object)) this.#set(keyOf(object), object);
    }
  }

  #url(query: string): string {
    const parts = [this.#selector, query].filter((part) => part !== "");
    return parts.length === 0 ? this.#path : `${this.#path}?${parts.join("&")}`;
  }

  #set(key: string, object: KubeObject): void {
    const known = this.#objects.get(key);
    this.#objects.set(key, object);
    if (known !== undefined && known.metadata.uid !== object.metadata.uid) this.#tell(key, undefined, known);
    if (known === undefined || revisionOf(known) !== revisionOf(object)) this.#tell(key, object, known);
  }

  #remove(key: string, last?: KubeObject): void {
    const known = this.#objects.get(key);
    const isSuccessor = known !== undefined && last !== undefined && revisionOf(known) > revisionOf(last);
    if (isSuccessor) return;
    if (known === undefined && last === undefined) return;
    this.#objects.delete(key);
    this.#tell(key, undefined, last ?? known);
  }

  #tell(key: string, object: KubeObject | undefined, last: KubeObject | undefined): void {
    for (const listener of this.#listeners) listener(key, object, last);
  }
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}

/** Objects in lists and events come from the API server, which stores none without metadata. */
function asObject(value: Json): KubeObject {
  return value as KubeObject;
}
