import type { Json, JsonObject } from "./json.ts";

/** meta/v1 ObjectMeta: the fields the cluster itself reads or writes; others are carried as they are. */
export interface ObjectMeta {
  [field: string]: Json;
  name: string;
}

/** Any object of the API. Treated as immutable once stored: change a clone. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}
