import { createHash } from "node:crypto";
import type { NodeHalt } from "../api/node-halt.ts";
import { perObject } from "../per-object.ts";

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
  /** The halt itself, where this very run halted before for the same reason. */
  readonly again?: Again | undefined;
}

interface Again {
  readonly planName: string | undefined;
  readonly height: number | undefined;
  /** How often the run halted just so before. */
  readonly before: number;
}

/**
 * Name of the NodeHalt of a halt. A second sight of the same halt, by this controller or another, finds the same
 * object: creating it twice is refused by the API server. It begins with the pod's name, for people.
 */
export function journalName({ podName, podUID, container, reason, run, again }: HaltIdentity): string {
  const parts = [podUID, container, reason, ...(run === undefined ? [] : [run])];
  const more = again === undefined ? [] : [again.planName ?? null, again.height ?? null, again.before];
  const hash = createHash("sha256")
    .update(JSON.stringify([...parts, ...more]))
    .digest("hex")
    .slice(0, 12);
  const word = reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `${podName.slice(0, 180)}-${word.slice(0, 40)}-${hash}`;
}

/** More often than this no run of a container halts for the same plan at the same height. */
const MOST_AGAIN = 8;

/** The names that journals of this halt can have, where its run halted for the same reason before. */
export function namesAgain({
  planName,
  height,
  restartCount: run = 0,
  ...spec
}: NodeHalt["spec"]): readonly string[] {
  return Array.from({ length: MOST_AGAIN }, (_, before) =>
    journalName({ ...spec, run, again: { planName, height, before } }),
  );
}

type Named = Pick<NodeHalt, "metadata" | "spec">;

/** Whether a NodeHalt has a name that the controller gives. There is one journal of a halt: a copy has another name. */
export const isJournal = perObject(({ metadata: { name }, spec }: Named): boolean => {
  const { podName, podUID, container, reason, restartCount: run = 0 } = spec;
  const identity = { podName, podUID, container, reason };
  return (
    name === journalName(identity) ||
    name === journalName({ ...identity, run }) ||
    namesAgain(spec).includes(name)
  );
});
