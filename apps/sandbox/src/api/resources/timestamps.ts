import { stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";

/** When the object was made, as it says itself. */
export function timestampOfCreation(object: KubeObject): string {
  return stringAt(object, "metadata", "creationTimestamp") ?? "1970-01-01T00:00:00Z";
}
