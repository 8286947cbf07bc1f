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
  const query = new URLSearchParams({ labelSelector });
  const list = await rawRequest(api.config, { method: "GET", path: `${path}?${query}` });
  if (list.status !== 200) throw new Error(`${path}: ${list.status} ${list.text}`);
  const start: string = JSON.parse(list.text).metadata.resourceVersion;
  return { replay: () => replay(api, path, { resourceVersion: start, labelSelector }) };
}

async function replay<T>(
  api: Api,
  path: string,
  since: { readonly resourceVersion: string; readonly labelSelector: string },
): Promise<HistoryEvent<T>[]> {
  const query = new URLSearchParams({ watch: "1", timeoutSeconds: "1", ...since });
  const watch = await rawRequest(api.config, { method: "GET", path: `${path}?${query}` });
  return watch.text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") throw new Error(`${path} since ${since.resourceVersion}: ${object.message}`);
      return { type, object, version: Number(object.metadata.resourceVersion) };
    });
}
