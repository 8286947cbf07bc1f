import type { KubeObject } from "../../json/kube-object.ts";
import { notFound } from "../api-error.ts";
import type { Manager } from "../apply/managed-fields.ts";
import type { Registry } from "../resources/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { Store } from "../store.ts";

/** What every operation works on. `now` is milliseconds since the epoch. */
export interface ApiContext {
  readonly store: Store;
  readonly registry: Registry;
  readonly now: () => number;
}

/** The resource, namespace, name and subresource that a request's path names; absent ones are "". */
export interface Target {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** How a write is to be done. */
export interface WriteOptions {
  readonly manager: Manager;
  readonly dryRun: boolean;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** The paths of keys that the body had twice, where that was looked for. */
  readonly duplicates?: readonly string[];
}

/** An object as written, and what the client is to be warned of. */
export interface Written {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/** meta/v1 Time: RFC 3339 in whole seconds. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/** The stored object that the target names. @throws ApiError 404. */
export function existing(context: ApiContext, { type, namespace, name }: Target): KubeObject {
  const object = context.store.get(type.storageKey, namespace, name);
  if (object === undefined) throw notFound(type, name);
  return object;
}

/** A stored object as `type` serves it: its version, or its other shape. */
export function served(type: ResourceType, object: KubeObject): KubeObject {
  if (type.conversion !== undefined) return type.conversion.fromStored(object);
  if (type.builtIn) return object;
  const apiVersion = `${type.group}/${type.version}`;
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
