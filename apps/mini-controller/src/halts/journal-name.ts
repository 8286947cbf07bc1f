import { createHash } from "node:crypto";

/** What tells one halt from another: the same always give the same journal. */
export interface HaltIdentity {
  readonly podName: string;
  readonly podUID: string;
  readonly container: string;
  /** Reason token, or `unrecognised`. */
  readonly reason: string;
  /**
   * Which run of the container halted, where an earlier run of it has a journal for the same reason: a pod whose image is
   * changed in place keeps its UID.
   */
  readonly run?: number | undefined;
}

/**
 * Name of the NodeHalt of a halt. A second sight of the same halt, by this controller or another, finds the same
 * object: creating it twice is refused by the API server. It begins with the pod's name, for people.
 */
export function journalName({ podName, podUID, container, reason, run }: HaltIdentity): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([podUID, container, reason, ...(run === undefined ? [] : [run])]))
    .digest("hex")
    .slice(0, 12);
  const word = reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${podName.slice(0, 180)}-${word.slice(0, 40)}-${hash}`;
}
