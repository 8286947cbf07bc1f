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

/** @param path the collection's path, such as `/apis/apps/v1/namespaces/x/statefulsets` */
export async function startHistory<T>(api: Api, path: string): Promise<History<T>> {
  const list = await rawRequest(api.config, { method: "GET", path });
  if (list.status !== 200) throw new Error(`${path}: ${list.status} ${list.text}`);
  const start: string = JSON.parse(list.text).metadata.resourceVersion;
  return { replay: () => replay(api, path, start) };
}

async function replay<T>(api: Api, path: string, start: string): Promise<HistoryEvent<T>[]> {
  const query = new URLSearchParams({ watch: "1", resourceVersion: start, timeoutSeconds: "1" });
  const watch = await rawRequest(api.config, { method: "GET", path: `${path}?${query}` });
  return watch.text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") throw new Error(`${path} since ${start}: ${object.message}`);
      return { type, object, version: Number(object.metadata.resourceVersion) };
    });
}
