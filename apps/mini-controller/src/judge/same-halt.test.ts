import { expect, test } from "vitest";
import { ANNOTATION_ABORT } from "../api/group.ts";
import type { NodeHalt, NodeHaltSpec, NodeHaltStatus } from "../api/node-halt.ts";
import { haltWith } from "../testing/observations.ts";
import { isAbortedHalt } from "./same-halt.ts";
import { UNREAD } from "./unread-halt.ts";

const aborted = (spec: Partial<NodeHaltSpec>, status?: NodeHaltStatus): NodeHalt => {
  const halt = haltWith(spec, status);
  return { ...halt, metadata: { ...halt.metadata, annotations: { [ANNOTATION_ABORT]: "true" } } };
};
const next = haltWith({ podUID: "uid-2", restartCount: 0 }).spec;
const UNNAMED = { planName: undefined, height: undefined };
const UNREAD_RUN = { ...UNNAMED, reason: UNREAD, podUID: "uid-2", restartCount: 0 };

test.each<[string, NodeHalt, boolean]>([
  ["of a pod before it", aborted({}), true],
  ["of a pod before it, and is over", aborted({}, { phase: "Recovered", steps: [] }), true],
  ["whose plan was not known, and stands", aborted(UNNAMED), true],
  ["whose plan was not known, and is over", aborted(UNNAMED, { phase: "Recovered", steps: [] }), false],
  ["whose plan was not known, for another reason", aborted({ ...UNNAMED, reason: "binary_too_new" }), false],
  ["whose plan was not known, of another node", aborted({ ...UNNAMED, podName: "sei-1-0" }), false],
  ["of another plan", aborted({ planName: "v6.8" }), false],
  ["of which nobody knew whether it was one", aborted(UNREAD_RUN, { phase: "Withdrawn", steps: [] }), true],
  [
    "of which nobody knew whether it was one, in another run",
    aborted({ ...UNREAD_RUN, restartCount: 1 }),
    false,
  ],
])("a person aborted a halt %s", (_, halt, isThis) => {
  expect(isAbortedHalt(halt, next)).toBe(isThis);
  expect(isAbortedHalt({ ...halt, metadata: { ...halt.metadata, annotations: {} } }, next)).toBe(false);
});
