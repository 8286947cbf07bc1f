import type { Json, JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError } from "../api-error.ts";
import type { Matcher } from "../selectors.ts";
import type { Change } from "../store.ts";
import { type ApiContext, served, type Target } from "./context.ts";
import { requireReached } from "./list.ts";

export interface WatchQuery {
  readonly matches: Matcher;
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean;
  /** How an object goes into an event: itself, its metadata, or a table row. */
  readonly render: (object: KubeObject) => Json;
}

export type WatchEventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";

/** Receives each event; `line` is the event as JSON. */
export type WatchSink = (line: string) => void;

/** A watch: running, or already ended by an ERROR event. */
export interface Watch {
  readonly ended: boolean;
  /** Emits a bookmark of the current revision, when the client asked for bookmarks. */
  bookmark(): void;
  stop(): void;
}

/**
 * GET with watch=true: the events after resourceVersion, or the present state first when it is absent or "0".
 * A compacted resourceVersion ends the watch with one ERROR event that carries a 410 Status.
 */
export function watch(context: ApiContext, target: Target, query: WatchQuery, sink: WatchSink): Watch {
  const { type, namespace } = target;
  const emit = (event: WatchEventType, object: Json): void =>
    sink(`${JSON.stringify({ type: event, object })}\n`);
  const bookmark = (annotations?: JsonObject): void => {
    const metadata = {
      resourceVersion: String(context.store.revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
    emit("BOOKMARK", { kind: type.kind, apiVersion, metadata });
  };
  const onChange = (change: Change): void => {
    if (namespace !== "" && change.object.metadata.namespace !== namespace) return;
    const event = eventFor(change, query.matches);
    if (event === undefined) return;
    const hasLeft = event === "DELETED" && change.type !== "DELETED" && change.previous !== undefined;
    const object = hasLeft ? asOf(change.previous, change.revision) : change.object;
    emit(event, query.render(served(type, object)));
  };
  try {
    requireReached(context, query.resourceVersion);
    const from = startingPoint(context, target, query, emit);
    const stop = context.store.watch(type.storageKey, from, onChange);
    if (query.sendInitialEvents) bookmark({ "k8s.io/initial-events-end": "true" });
    return { ended: false, bookmark: () => (query.bookmarks ? bookmark() : undefined), stop };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    emit("ERROR", error.status());
    return { ended: true, bookmark: () => undefined, stop: () => undefined };
  }
}

/** Emits the present state when the watch starts from it; returns the revision to continue after. */
function startingPoint(
  context: ApiContext,
  { type, namespace }: Target,
  query: WatchQuery,
  emit: (event: WatchEventType, object: Json) => void,
): number {
  const { revision } = context.store;
  const fromNow = query.resourceVersion === "" || query.resourceVersion === "0";
  if (!fromNow && !query.sendInitialEvents) return Number(query.resourceVersion);
  const objects = context.store.list(type.storageKey, namespace === "" ? undefined : namespace);
  for (const object of objects.filter(query.matches)) emit("ADDED", query.render(served(type, object)));
  return revision;
}

/** What a watcher last saw of an object that left its selection, at the revision at which it left. */
function asOf(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** What a change means to a watcher whose selector may match only before or only after it. */
function eventFor(change: Change, matches: Matcher): WatchEventType | undefined {
  const isMatch = matches(change.object);
  const wasMatch = change.previous !== undefined && matches(change.previous);
  if (change.type === "DELETED") return wasMatch || isMatch ? "DELETED" : undefined;
  if (isMatch) return wasMatch ? "MODIFIED" : "ADDED";
  return wasMatch ? "DELETED" : undefined;
}
