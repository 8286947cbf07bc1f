import { createHash } from "node:crypto";

/** What tells one halt from another: the same three always give the same journal. */
export interface HaltIdentity {
  readonly podName: string;
  readonly podUID: string;
  readonly container: string;
  /** Reason token, or `unrecognised`. */
  readonly reason: string;
}

/**
 * Name of the NodeHalt of a halt. A second sight of the same halt, by this controller or another, finds the same
 * object: creating it twice is refused by the API server. It begins with the pod's name, for people.
 */
export function journalName({ podName, podUID, container, reason }: HaltIdentity): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([podUID, container, reason]))
    .digest("hex")
    .slice(0, 12);
  const word = reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${podName.slice(0, 180)}-${word.slice(0, 40)}-${hash}`;
}
