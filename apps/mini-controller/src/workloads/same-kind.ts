import type { WorkloadRef } from "../api/node-halt.ts";
import { groupOf } from "../kube/owner-reference.ts";

type Kind = Pick<WorkloadRef, "apiVersion" | "kind" | "resource">;

/** Whether two mean the same kind of object: of the same group, whichever version it is read in. */
export function isSameKind(a: Kind, b: Kind): boolean {
  return groupOf(a.apiVersion) === groupOf(b.apiVersion) && a.kind === b.kind && a.resource === b.resource;
}
