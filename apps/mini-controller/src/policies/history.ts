import type { HaltPolicySpec } from "../api/halt-policy.ts";
import {
  hasEnded,
  isAborted,
  isToldOf,
  isUnacknowledgedFailure,
  type NodeHalt,
  pagesOf,
} from "../api/node-halt.ts";
import type { NodeRecord } from "../api/node-record.ts";
import { isOpen } from "../judge/same-halt.ts";
import { deploymentRecordName } from "../model/node-name.ts";
import { RESOLVED_MS } from "../paging/alert-renewal.ts";

/** How many of each kind are kept of a node where its policy does not say. */
const KEPT = 10;

/** What tells whether a journal is still needed. */
export interface HistoryView {
  readonly policy: Pick<HaltPolicySpec, "successfulHaltsHistoryLimit" | "failedHaltsHistoryLimit">;
  /** Every NodeHalt under the policy. */
  readonly halts: readonly NodeHalt[];
  /** Whether the very pod of the halt is there, or is yet to be judged for the last time. */
  readonly isPodKept: (halt: NodeHalt) => boolean;
  readonly recordsOf: (node: string) => readonly NodeRecord[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The journals that nothing needs any more, beyond those that the policy keeps of each node; the oldest first. Whatever a later
 * decision, page or budget may rest on is not among them, however many there are.
 */
export function outlivedHalts(view: HistoryView): readonly NodeHalt[] {
  const { policy, halts, recordsOf } = view;
  const nodes = Object.entries(Object.groupBy(halts, nodeOf));
  return nodes.flatMap(([node, journals = []]) => {
    const evidence = rollbackEvidence(journals, recordsOf(node));
    const [well, badly] = [journals.filter(endedWell), journals.filter((halt) => !endedWell(halt))];
    return [
      ...beyond(policy.successfulHaltsHistoryLimit ?? KEPT, well),
      ...beyond(policy.failedHaltsHistoryLimit ?? KEPT, badly),
    ].filter((halt) => isDoneWith(halt, view) && !evidence.has(halt));
  });
}

/** A node's name as its NodeRecord has it: pods of a Deployment have names anew. */
function nodeOf({ spec: { podName, workload } }: NodeHalt): string {
  return workload?.kind === "Deployment" ? deploymentRecordName(workload.name) : podName;
}

function endedWell({ status }: NodeHalt): boolean {
  return status?.phase === "Recovered" || status?.phase === "Withdrawn";
}

/** Those past the `limit` that were detected last, the oldest first. */
function beyond(limit: number, halts: readonly NodeHalt[]): readonly NodeHalt[] {
  const byAge = halts.toSorted(
    (a, b) =>
      Date.parse(a.spec.detectedAt) - Date.parse(b.spec.detectedAt) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return byAge.slice(0, Math.max(0, byAge.length - limit));
}

/**
 * Whether nothing is left to do about a halt, to tell or to see: it ended, its node runs, whoever was paged knows that for good, no
 * person's word hangs on it, and its pod, which could show the halt again, is gone.
 */
function isDoneWith(halt: NodeHalt, { isPodKept, now }: HistoryView): boolean {
  const isTold = pagesOf(halt).every(
    (page) =>
      isToldOf(page) && (page.resolvedAt === undefined || now - Date.parse(page.resolvedAt) >= RESOLVED_MS),
  );
  // A NodeHalt that the controller did not write is for a person to look at.
  const isOwn = halt.status?.seen !== undefined;
  return (
    isOwn &&
    hasEnded(halt) &&
    !isOpen(halt) &&
    isTold &&
    !isAborted(halt) &&
    !isUnacknowledgedFailure(halt) &&
    !isPodKept(halt)
  );
}

/**
 * The journals that keep a node from going back to an image that it left (`previousImage`): that image halted itself, or was
 * swapped away at a height that the node has reached. One of each kind says it, the one of the greatest height.
 */
function rollbackEvidence(halts: readonly NodeHalt[], records: readonly NodeRecord[]): ReadonlySet<NodeHalt> {
  const images = records.flatMap(({ status }) => status?.images ?? []);
  const telling = halts.filter(({ spec, status }) =>
    images.some(
      ({ image, height }) => spec.image === image || (status?.toImage !== image && heightOf(spec) >= height),
    ),
  );
  const kinds = Object.values(
    Object.groupBy(telling, ({ spec, status }) =>
      JSON.stringify([spec.image, status?.toImage, status?.phase]),
    ),
  );
  return new Set(
    kinds.flatMap((kind = []) =>
      kind.toSorted((a, b) => heightOf(b.spec) - heightOf(a.spec) || 0).slice(0, 1),
    ),
  );
}

function heightOf({ height }: NodeHalt["spec"]): number {
  return height ?? Number.MAX_SAFE_INTEGER;
}
