import { Informer, keyOf as keyIn, Store } from "@upgrade-halt/kube";
import type { KubeObject } from "../json/kube-object.ts";
import type { ApiClient } from "./api-client.ts";
import { pathOf, type ResourceKind } from "./resource-path.ts";

export interface CacheOptions {
  readonly namespace?: string;
  /** Such as `spec.nodeName=a`. */
  readonly fieldSelector?: string;
}

/** Told of each change: the object as it is now, or undefined with the last state known when it went. */
export type CacheListener = (
  key: string,
  object: KubeObject | undefined,
  last: KubeObject | undefined,
) => void;

/** `namespace/name`, or the bare name of a cluster-scoped object. */
export function keyOf(object: KubeObject): string {
  return keyIn(object).replace(/^\//, "");
}

/** A live copy of a collection that tells of each change what was there before. */
export class ResourceCache {
  readonly #store = new Store<KubeObject>();
  readonly #informer: Informer<KubeObject>;
  readonly #listeners = new Set<CacheListener>();
  /** What was told of each object last. */
  readonly #told = new Map<string, KubeObject>();

  constructor(client: ApiClient, kind: ResourceKind, { namespace, fieldSelector }: CacheOptions = {}) {
    this.#informer = new Informer<KubeObject>({
      api: client,
      path: pathOf(kind, namespace),
      query: { fieldSelector },
      store: this.#store,
      project: (object) => ({ ...object, apiVersion: kind.apiVersion, kind: kind.kind }),
      onChange: (object) => this.#changed(object),
    });
  }

  /** By `keyOf`. */
  get(key: string): KubeObject | undefined {
    return this.#told.get(key);
  }

  values(): readonly KubeObject[] {
    return [...this.#told.values()];
  }

  /** Why the copy can't be kept up now; empty while it can. */
  get fault(): string {
    return this.#informer.fault;
  }

  /** Takes an object that a write returned, so that it is seen before its watch event arrives. */
  put(object: KubeObject): void {
    if (this.#store.put(object)) this.#changed(object);
  }

  /** Calls `listener` at every change until the returned function is called. */
  onChange(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs until `signal` aborts; the promise resolves when the first list has arrived. */
  start(signal: AbortSignal): Promise<void> {
    const stop = () => void this.#informer.stop();
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return this.#informer.start();
  }

  /** The store has the object already, or no longer; of one whose successor it has, this tells that it went. */
  #changed(object: KubeObject): void {
    const key = keyOf(object);
    const last = this.#told.get(key);
    if (this.#store.get(keyIn(object))?.metadata.uid !== object.metadata.uid) {
      this.#told.delete(key);
      this.#tell(key, undefined, object);
    } else if (last?.metadata.resourceVersion !== object.metadata.resourceVersion) {
      this.#told.set(key, object);
      this.#tell(key, object, last);
    }
  }

  #tell(key: string, object: KubeObject | undefined, last: KubeObject | undefined): void {
    for (const listener of this.#listeners) listener(key, object, last);
  }
}
