import { hasCode, type KubeApi, type KubeObject, type OwnerReference } from "@upgrade-halt/kube";
import { namespaceOf, objectPath, type Resource } from "./paths.ts";

/** A kind of owner, and where its objects are read. */
export interface OwnerKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: Resource;
}

/** Whether an object truly belongs to a live owner, or why not. */
export type Ownership<T> =
  | { readonly kind: "owned"; readonly owner: T }
  | { readonly kind: "disowned"; readonly why: string };

/**
 * The reference to the owner that controls an object. Kubernetes takes one at most (`ValidateOwnerReferences`); of
 * two, neither is believed. References without `controller: true` are claims that anybody may write.
 */
export function controllerRefOf({ metadata }: KubeObject): OwnerReference | undefined {
  const controllers = (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true);
  return controllers.length === 1 ? controllers[0] : undefined;
}

/** Whether the object with this UID controls `object`. */
export function isControlledBy(object: KubeObject, uid: string | undefined): boolean {
  return uid !== undefined && controllerRefOf(object)?.uid === uid;
}

/**
 * Reads the owner that controls `object`. The reference must be of the wanted kind, and its UID that of the object
 * which is there now: an owner that was deleted and made anew under its name owns nothing of before.
 */
export async function readController<T extends KubeObject>(
  api: KubeApi,
  object: KubeObject,
  what: string,
  { apiVersion, kind, resource }: OwnerKind,
): Promise<Ownership<T>> {
  const ref = controllerRefOf(object);
  if (ref === undefined) return disowned(`${what} has no single owner reference with controller: true.`);
  if (ref.kind !== kind || groupOf(ref.apiVersion) !== groupOf(apiVersion))
    return disowned(
      `${what} is controlled by ${ref.kind} ${ref.name} (${ref.apiVersion}), not by a ${kind}.`,
    );
  const owner = await getIfThere<T>(api, objectPath(resource, namespaceOf(object), ref.name));
  if (owner === undefined)
    return disowned(`${kind} ${ref.name}, which ${what} names as its controller, is gone.`);
  if (owner.metadata.uid !== ref.uid) {
    const found = `the ${kind} ${ref.name} that is there has UID ${owner.metadata.uid}`;
    return disowned(`${what} is controlled by UID ${ref.uid}, and ${found}.`);
  }
  return { kind: "owned", owner };
}

export function disowned(why: string): { readonly kind: "disowned"; readonly why: string } {
  return { kind: "disowned", why };
}

/** The object at `path`, or `undefined` when there is none. */
export async function getIfThere<T extends KubeObject>(api: KubeApi, path: string): Promise<T | undefined> {
  try {
    return await api.get<T>(path);
  } catch (error) {
    if (hasCode(error, "not-found")) return undefined;
    throw error;
  }
}

/** The API group of an `apiVersion`, empty for the core's. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}
