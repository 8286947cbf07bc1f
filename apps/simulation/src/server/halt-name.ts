import { createHash } from "node:crypto";

/** A name that the controller gives the journal of a pod's halt, of what tells that halt from others. */
export function haltNameOf(podName: string, reason: string, identity: readonly unknown[]): string {
  const hash = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 12);
  return `${podName}-${reason.replaceAll("_", "-")}-${hash}`;
}
