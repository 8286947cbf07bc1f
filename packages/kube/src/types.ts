import type { ObjectMeta } from "./object-meta.ts";

/** Any Kubernetes object, as far as an informer needs to know it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** A list and the version of the collection that it shows. */
export interface KubeList<T extends KubeObject> {
  readonly kind?: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** Kind of a list whose objects have nothing but their metadata. */
export const METADATA_LIST = "PartialObjectMetadataList";

/** The part of a `metav1.Status` that matters when a watch ends with it: a code of 410 is "too old". */
export interface WatchStatus {
  readonly code?: number;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** One line of a watch. */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; readonly object: T }
  | { readonly type: "ERROR"; readonly object: WatchStatus };

/** One operation of an RFC 6902 patch. */
export interface JsonPatchOperation {
  readonly op: "add" | "replace" | "test" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** The beginning of a text. */
export interface BoundedText {
  readonly text: string;
  readonly isWhole: boolean;
}

export interface RemoveOptions {
  /** The object was not written since this version; `conflict` when it was. */
  readonly resourceVersion?: string | undefined;
  /** Of a pod: how long its processes have to end, as its own spec says where this is absent. At 0 nobody waits for their end. */
  readonly gracePeriodSeconds?: number | undefined;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An API server as a controller uses it. Every method rejects with a `KubeError`; 404 is `not-found`,
 * 409 `already-exists` or `conflict`, 410 `gone`, 429 and 503 carry `retryAfterMs` when the server gave it.
 */
export interface KubeApi {
  get<T extends KubeObject>(path: string): Promise<T>;
  /**
   * A page (`limit` above 1) of too many bytes rejects with `too-large`: ask for fewer objects. With `as`, objects have nothing but
   * their metadata, where the server can leave the rest out: the kind of the list says so.
   */
  list<T extends KubeObject>(path: string, query?: Query, as?: "metadata"): Promise<KubeList<T>>;
  create<T extends KubeObject>(path: string, body: object): Promise<T>;
  /** JSON merge patch (RFC 7386). A `metadata.resourceVersion` in it is a precondition. */
  mergePatch<T extends KubeObject>(path: string, body: object): Promise<T>;
  /** As `mergePatch`, but lists of a built-in type merge by their keys, such as conditions by `type`. */
  strategicMergePatch<T extends KubeObject>(path: string, body: object): Promise<T>;
  /** JSON patch (RFC 6902). A `test` that fails rejects with `invalid`. */
  jsonPatch<T extends KubeObject>(path: string, operations: readonly JsonPatchOperation[]): Promise<T>;
  /** Replaces the object; its `metadata.resourceVersion` is a precondition. */
  replace<T extends KubeObject>(path: string, body: object): Promise<T>;
  /** Deletes the object if it still is the one with this UID, and as `options` say; `conflict` when it is another. */
  remove(path: string, uid: string, options?: RemoveOptions): Promise<void>;
  /** The text at this path (`pods/log`): at most `mostBytes` of its beginning, and whether that is all. */
  text(path: string, query: Query, mostBytes: number): Promise<BoundedText>;
  /** Yields events until the server ends the watch, the connection fails or `signal` aborts. `onOpen` tells that it began. */
  watch<T extends KubeObject>(
    path: string,
    query: Query,
    signal: AbortSignal,
    onOpen?: () => void,
  ): AsyncIterable<WatchEvent<T>>;
}
