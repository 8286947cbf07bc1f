import { governingOf, NODE } from "./governing.ts";
import type { Invariant } from "./invariant.ts";
import { type HaltPolicy, type NodeHalt, PATHS, type Pod, type Stored } from "./objects.ts";
import type { Observer } from "./observer.ts";
import type { Told } from "./pager.ts";

/** Of a NodeHalt that nobody saw come true. */
const UNSEEN = "HaltNotSeen";
/** A page about a node that runs again is over after this time at the latest. */
const SETTLED_MS = 600_000;

/** What must have become of every halt: that somebody knows of it, and that nobody is told twice or for nothing. */
export const CARE_INVARIANTS: readonly Invariant[] = [
  {
    name: "cared-for",
    words: "Every halt ends recovered, paged or held with a reason that holds.",
    atEnd: (observer) => {
      const lost = haltedPods(observer).filter((pod) => journalsOf(pod, observer).length === 0);
      return lost.length === 0 ? undefined : `${namesOf(lost)} halted, and no journal says so`;
    },
  },
  {
    name: "truly-sent",
    words: "A page that its journal calls sent has arrived.",
    atEnd: ({ truth }) => {
      const received = new Set(truth.told.map(({ key }) => key));
      const untold = truth
        .all<NodeHalt>(PATHS.halts)
        .find(({ status }) => status?.page?.state === "Sent" && !received.has(status.page.key));
      return untold === undefined ? undefined : `nobody got the page of ${untold.metadata.name}`;
    },
  },
  {
    name: "one-page",
    words: "One page for each halt and reason, and none about a node that runs again.",
    atEnd: (observer) => {
      const open = openPages(observer);
      const stale = open.find(({ pod, reason }) => reason !== UNSEEN && isHealthy(pod, observer));
      if (stale !== undefined) return `the page ${stale.key} stands, and its node runs`;
      const haltOf = (told: Told) => haltIn(told, observer);
      const second = open.find((one) =>
        open.some(
          (other) => other.key < one.key && haltOf(one) !== undefined && haltOf(other) === haltOf(one),
        ),
      );
      return second === undefined ? undefined : `the page ${second.key} is the second about one halt`;
    },
  },
  {
    name: "its-own-time",
    words: "A swap fails for want of time only after the time that it has.",
    onAct: (act, observer) => {
      if (act.kind !== "other" || act.commit.collection !== PATHS.halts) return undefined;
      const halt = act.commit.after as NodeHalt | undefined;
      if (halt?.status?.phase !== "Failed" || halt.status.reason !== "RecoveryTimedOut") return undefined;
      const began = observer.beganAt(halt) ?? act.at;
      const time = timeOf(halt);
      return act.at - began >= time - SLACK_MS
        ? undefined
        : `${halt.metadata.name} had ${act.at - began} ms of ${time}`;
    },
  },
];

/** From the decision to begin a swap to its journal. */
const SLACK_MS = 5_000;

/** How long a swap may take, as its journal says: both times are of one clock. */
function timeOf({ status }: NodeHalt): number {
  const { steps = [], recoverBy = "" } = (status ?? {}) as {
    readonly steps?: readonly { readonly phase: string; readonly at: string }[];
    readonly recoverBy?: string;
  };
  return Date.parse(recoverBy) - Date.parse(steps.find(({ phase }) => phase === "Swapping")?.at ?? "");
}

/** Pods that a policy governs, and whose nodes stand halted. */
function haltedPods(observer: Observer): readonly Pod[] {
  return observer.truth
    .all<Pod>(PATHS.pods)
    .filter((pod) => observer.truth.processOf(pod.metadata.uid)?.halt !== undefined)
    .filter((pod) => policyOf(pod, observer) !== undefined);
}

/** The policy that governs a pod's node: one that watches another container has no eye on it. */
function policyOf({ metadata }: Pod, { truth }: Observer): HaltPolicy | undefined {
  const policy = governingOf(truth.all<HaltPolicy>(PATHS.policies), metadata.labels ?? {});
  return policy?.spec.container === NODE ? policy : undefined;
}

/** Journals that stand for the halt of a pod: not over, and held for a reason that holds. */
function journalsOf({ metadata }: Pod, { truth }: Observer): readonly NodeHalt[] {
  return truth.all<NodeHalt>(PATHS.halts).filter(({ spec, status }) => {
    const holds = status?.reason !== undefined && status.reason !== "PolicyMissing";
    return spec.podName === metadata.name && holds && status.phase !== "Recovered";
  });
}

/** The pod and the halt that a page is about, if that pod is still there. */
function haltIn({ nodeHalt }: Told, { truth }: Observer): string | undefined {
  const spec = truth.all<NodeHalt>(PATHS.halts).find(({ metadata }) => metadata.name === nodeHalt)?.spec;
  const isThere = truth.all<Pod>(PATHS.pods).some(({ metadata }) => metadata.uid === spec?.podUID);
  return isThere && spec ? [spec.podUID, spec.reason, spec.planName, spec.height].join(" ") : undefined;
}

/**
 * Pages that stand. Not those about a NodeHalt that somebody else wrote: they are about the writer, and stand for as long as it
 * is there. Nor those about one that a person has deleted: with it goes what would have told that they are over.
 */
function openPages(observer: Observer): readonly Told[] {
  const last = new Map(observer.truth.told.map((told) => [told.key, told]));
  return [...last.values()].filter(
    ({ state, nodeHalt, at }) => state === "firing" && observer.isOwnHalt(nodeHalt, at),
  );
}

/** Up for long enough, and not halted. */
function isHealthy(podName: string, observer: Observer): boolean {
  const { truth } = observer;
  const pod = truth.all<Pod>(PATHS.pods).find(({ metadata }) => metadata.name === podName);
  const process = pod && truth.processOf(pod.metadata.uid);
  if (pod === undefined || process === undefined || policyOf(pod, observer) === undefined) return false;
  return process.state.kind === "running" && truth.now() - process.state.since > SETTLED_MS;
}

function namesOf(objects: readonly Stored[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}
