import type { Json } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";
import type { StructuralSchema } from "../schema/structural-schema.ts";

/** A column of a printed table (meta/v1 TableColumnDefinition) and how its cell is read. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  /** The cell for `object`; durations and ages are computed against `now` (ms). */
  readonly cell: (object: KubeObject, now: number) => Json;
}

/** Everything the server knows about one served resource; behaviour is data here, code elsewhere. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Objects of types that share a key are the same objects under several versions. */
  readonly storageKey: string;
  readonly subresources: readonly ("status" | "scale" | "binding" | "eviction" | "log" | "token")[];
  /** True for types compiled into clients: they take strategic merge patches. */
  readonly builtIn: boolean;
  readonly columns: readonly Column[];
  readonly schema?: StructuralSchema;
  /** Whether metadata.generation counts changes of anything but metadata and status. */
  readonly generation: boolean;
  /** Fills absent fields, as the API's defaulting does; `object` is the server's own copy. */
  readonly defaults?: (object: KubeObject) => void;
  /** Defects of `object` beyond its schema; `old` is set on updates. */
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => readonly Cause[];
  /** Turns the served form into the stored one and back, for a resource served in two shapes. */
  readonly conversion?: {
    readonly toStored: (object: KubeObject) => KubeObject;
    readonly fromStored: (object: KubeObject) => KubeObject;
  };
  /** Seconds a deletion waits for whoever runs the object; 0 removes at once. */
  readonly gracePeriodSeconds?: (object: KubeObject, asked: number | undefined) => number;
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(type: Pick<ResourceType, "group" | "version">): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}
