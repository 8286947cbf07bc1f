import type { ObjectMeta } from "@upgrade-halt/kube";
import { GROUP } from "./group.ts";

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
