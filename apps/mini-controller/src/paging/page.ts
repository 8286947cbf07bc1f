import type { NodeHalt, PageRecord } from "../api/node-halt.ts";
import { namespaceOf } from "../kube/paths.ts";

/** A page as the plain webhook gets it. Field names are part of the interface to receivers. */
export interface Page {
  /** Stable: a receiver that has seen it has seen this page. */
  readonly key: string;
  readonly reason: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly nodeHalt: string;
  readonly haltReason: string;
  readonly planName?: string | undefined;
  readonly height?: number | undefined;
  readonly image: string;
  /** As it was decided when the page was journaled, like `action`. */
  readonly toImage?: string | undefined;
  readonly action?: string | undefined;
  /** When it was journaled, RFC 3339: the same on every attempt. */
  readonly at: string;
  /** `firing`, or `resolved` once nobody is needed for it any more: then since when. */
  readonly state: "firing" | "resolved";
  readonly resolvedAt?: string | undefined;
}

/** Reasons after which the node is up again soon without a person. */
const HANDLED = new Set(["BinaryTooNew"]);

/** The page that a journal's record stands for; the same at every attempt, wherever the halt itself stands by then. */
export function pageOf({ metadata, spec }: NodeHalt, record: PageRecord): Page {
  const { key, reason, summary, action, toImage, at, resolvedAt } = record;
  return {
    key,
    reason,
    severity: HANDLED.has(reason) ? "warning" : "critical",
    summary,
    namespace: namespaceOf({ metadata }),
    pod: spec.podName,
    container: spec.container,
    nodeHalt: metadata.name,
    haltReason: spec.reason,
    planName: spec.planName,
    height: spec.height,
    image: spec.image,
    toImage,
    action,
    at,
    state: resolvedAt === undefined ? "firing" : "resolved",
    resolvedAt,
  };
}
