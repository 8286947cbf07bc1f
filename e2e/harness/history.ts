import type { KubernetesObject } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import type { Api } from "./api.ts";
import { rawRequest } from "./raw-request.ts";

/** One event of a collection, in the server's order. */
export interface HistoryEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
  /** The server's counter at this event; events of all collections are ordered by it. */
  readonly version: number;
}

/** Remembers where a collection stands now, and tells later all that has happened to it since, however short-lived. */
export interface History<T> {
  replay(): Promise<readonly HistoryEvent<T>[]>;
}

/**
 * @param path the collection's path, such as `/apis/apps/v1/namespaces/x/statefulsets`
 * @param labelSelector which of its objects, such as `app=x`; all of them unless given
 */
export async function startHistory<T>(api: Api, path: string, labelSelector = ""): Promise<History<T>> {
  const start = await list(api, path, labelSelector);
  return {
    async replay() {
      const now = await list(api, path, labelSelector);
      const since = { resourceVersion: start.metadata.resourceVersion, labelSelector };
      // A watch ends after its time, whether a server that was held up had told everything by then or not.
      return until(`the whole history of ${path}`, async () => {
        const events = await watch<T & KubernetesObject>(api, path, since);
        return isWhole(events, start, now) && events;
      });
    },
  };
}

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

async function list(api: Api, path: string, labelSelector: string): Promise<List> {
  const query = new URLSearchParams({ labelSelector });
  const { status, text } = await rawRequest(api.config, { method: "GET", path: `${path}?${query}` });
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text);
}

async function watch<T>(
  api: Api,
  path: string,
  since: { readonly resourceVersion: string; readonly labelSelector: string },
): Promise<HistoryEvent<T>[]> {
  const query = new URLSearchParams({ watch: "1", timeoutSeconds: "1", ...since });
  const { text } = await rawRequest(api.config, { method: "GET", path: `${path}?${query}` });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") throw new Error(`${path} since ${since.resourceVersion}: ${object.message}`);
      return { type, object, version: Number(object.metadata.resourceVersion) };
    });
}

/** Whether the events lead from the one list to objects that are at least as new as those of the other. */
function isWhole(events: readonly HistoryEvent<KubernetesObject>[], start: List, now: List): boolean {
  const last = new Map(events.map((event) => [event.object.metadata?.uid, event]));
  const isTold = ({ metadata }: KubernetesObject) => {
    const version = Number(metadata?.resourceVersion);
    return version <= versionOf(start) || (last.get(metadata?.uid)?.version ?? 0) >= version;
  };
  const present = new Set(now.items.map(({ metadata }) => metadata?.uid));
  const isMissing = [...last].some(
    ([uid, { type, version }]) => type !== "DELETED" && version <= versionOf(now) && !present.has(uid),
  );
  return now.items.every(isTold) && !isMissing;
}

function versionOf({ metadata }: List): number {
  return Number(metadata.resourceVersion);
}
