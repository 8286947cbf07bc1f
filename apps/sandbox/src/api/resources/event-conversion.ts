import type { Json, JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";

/** events.k8s.io/v1 field -> core/v1 field (pkg/apis/core/v1/conversion of Event). */
const RENAMED: readonly (readonly [string, string])[] = [
  ["note", "message"],
  ["regarding", "involvedObject"],
  ["reportingController", "reportingComponent"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];

function renamed(
  object: KubeObject,
  names: readonly (readonly [string, string])[],
  apiVersion: string,
): KubeObject {
  const map = new Map(names);
  const entries = Object.entries(object).map(([key, value]): [string, Json] => [map.get(key) ?? key, value]);
  const fields: JsonObject = Object.fromEntries(entries);
  return { ...fields, apiVersion, kind: object.kind, metadata: object.metadata };
}

/** An events.k8s.io/v1 Event in the shape that core/v1 stores. */
export function toCoreEvent(event: KubeObject): KubeObject {
  return renamed(event, RENAMED, "v1");
}

/** A stored core/v1 Event as events.k8s.io/v1 serves it. */
export function toEventsEvent(event: KubeObject): KubeObject {
  return renamed(
    event,
    RENAMED.map(([events, core]) => [core, events] as const),
    "events.k8s.io/v1",
  );
}
