import { GROUP } from "./group.ts";

/** The part of `metav1.ObjectMeta` that the controller reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** Metadata as it is kept: without what others note in annotations and managed fields, which may be any amount. */
export function keptMetadata(metadata: ObjectMeta): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, ...rest } =
    metadata;
  const own = Object.entries(rest.annotations ?? {}).filter(([key]) => key.startsWith(`${GROUP}/`));
  const kept = {
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deletionTimestamp,
    labels: rest.labels,
    annotations: own.length === 0 ? undefined : Object.fromEntries(own),
    ownerReferences: rest.ownerReferences,
  };
  const given = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { name, ...(Object.fromEntries(given) as Omit<ObjectMeta, "name">) };
}
