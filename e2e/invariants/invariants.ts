import { isDeepStrictEqual } from "node:util";
import type { V1Pod } from "@kubernetes/client-node";
import { parseExitCode, reasonToken } from "@upgrade-halt/contract";
import type { NodeHalt } from "@upgrade-halt/mini-controller/api";
import type { Page } from "@upgrade-halt/testing";
import { type Act, ClusterRecord, claimsOf, isRunning, type Workload } from "./acts.ts";
import type { Change } from "./chronicle.ts";
import { rolloutDeletions } from "./roll-outs.ts";

interface Invariant {
  readonly name: string;
  readonly words: string;
  /** What is broken by an act, as it stood when it arrived at the API server. */
  readonly broken: (act: Act, record: ClusterRecord, earlier: readonly Act[]) => string | undefined;
}

/** What must never happen, whatever a scenario plays. The simulation holds more of it: it knows the nodes' truth. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: "halted",
    words: "No pod is deleted whose container runs without announcing its halt.",
    broken: (act) => {
      if (act.kind !== "delete-pod" || isStopped(act.pod, act)) return undefined;
      return `${nameOf(act.pod)} runs`;
    },
  },
  {
    name: "not-forced",
    words: "No pod is taken off the API server before its kubelet says that it has ended.",
    broken: (act) =>
      act.kind === "delete-pod" && act.isForced ? `${nameOf(act.pod)} was gone at once` : undefined,
  },
  {
    name: "own-code",
    words: "A pod that is deleted for an upgrade has ended with exactly that code, or announces it.",
    broken: (act) => {
      if (act.kind !== "delete-pod") return undefined;
      const { pod, halt } = act;
      if (isAnnouncedLive(halt) || isInferred(halt)) return undefined;
      const codes = endsOf(pod, halt.spec.container);
      return codes.includes(halt.spec.reason) ? undefined : `${nameOf(pod)} ended with ${codes.join(", ")}`;
    },
  },
  {
    name: "inferred",
    words: "A halt that the node did not announce is acted on only where a policy says Act.",
    broken: ({ halt }, record) => {
      if (!isInferred(halt)) return undefined;
      const mayAct = record.policiesSince(halt).some(({ spec }) => spec.inferredHalts === "Act");
      return mayAct ? undefined : `${halt.metadata.name} was only inferred`;
    },
  },
  {
    name: "whole-set",
    words: "A shared template changes only when its other pods have halted too, or are kept by a partition.",
    broken: (act, record) => {
      if (act.kind !== "set-image") return undefined;
      const running = record
        .pods()
        .filter((pod) => isMadeBy(pod, act.before) && !isKept(pod, act.after) && !isStopped(pod, act))
        .filter((pod) => record.haltsOf(nameOf(pod)).length === 0);
      return running.length === 0 ? undefined : `${running.map(nameOf).join(", ")} runs and was not halted`;
    },
  },
  {
    name: "listed-image",
    words:
      "A swap sets an image that a policy lists for exactly that plan and height; a rollback one that the pod ran.",
    broken: (act, record) => {
      if (act.kind !== "set-image") return undefined;
      const { image, halt } = act;
      const { planName, height, podName } = halt.spec;
      if (halt.status?.action === "RollBack")
        return record.hasRun(podName, image) ? undefined : `${image} never ran in ${podName}`;
      const isListed = record
        .policiesSince(halt)
        .flatMap(({ spec }) => spec.upgrades)
        .some((one) => one.image === image && one.planName === planName && one.height === height);
      return isListed ? undefined : `${image} is not listed for ${planName} at ${height}`;
    },
  },
  {
    name: "image-alone",
    words: "Of a workload, its image and its partition are changed, and nothing else.",
    broken: (act) => {
      if (act.kind !== "set-image") return undefined;
      const [before, after] = [act.before, act.after].map((one) =>
        withoutImage(one, act.halt.spec.container),
      );
      return isDeepStrictEqual(before, after)
        ? undefined
        : `more of ${act.before.metadata?.name} was changed`;
    },
  },
  {
    name: "once",
    words: "A halt sets one image, once.",
    broken: (act, _, earlier) => {
      if (act.kind !== "set-image") return undefined;
      const uid = act.halt.metadata.uid;
      const again = earlier.some((one) => one.kind === "set-image" && one.halt.metadata.uid === uid);
      return again ? `${act.halt.metadata.name} set ${act.image} again` : undefined;
    },
  },
  {
    name: "no-twin",
    words: "Nothing is done while another pod runs on the same claim.",
    broken: (act, record) => {
      const own =
        act.kind === "delete-pod"
          ? [act.pod]
          : record.pods().filter((pod) => nameOf(pod) === act.halt.spec.podName);
      const claims = own.flatMap(claimsOf);
      const uids = own.map(({ metadata }) => metadata?.uid);
      const twin = record
        .pods()
        .find(
          (pod) =>
            !uids.includes(pod.metadata?.uid) &&
            claimsOf(pod).some((claim) => claims.includes(claim)) &&
            (pod.status?.containerStatuses ?? []).some(isRunning),
        );
      return twin === undefined ? undefined : `${nameOf(twin)} runs on the same claim`;
    },
  },
];

/** Every invariant that these changes broke, each as a sentence. */
export function brokenBy(changes: readonly Change[]): readonly string[] {
  const record = new ClusterRecord(rolloutDeletions(changes));
  const acts: Act[] = [];
  const broken: string[] = [];
  for (const change of changes) {
    for (const act of record.actsIn(change)) {
      for (const { name, words, broken: ask } of INVARIANTS) {
        const what = ask(act, record, acts);
        if (what !== undefined) broken.push(`${name}: ${what} (version ${change.version}). ${words}`);
      }
      acts.push(act);
    }
    record.add(change);
  }
  return broken;
}

/** Pages of one halt and reason that a receiver was sent beside each other, or told the end of without their beginning. */
export function brokenPages(pages: readonly Page[], resolutions: readonly Page[]): readonly string[] {
  const keys = new Set(pages.map(({ key }) => key));
  const ended = new Set(resolutions.map(({ body }) => String(body.key)));
  const unknown = [...ended].filter((key) => !keys.has(key));
  const open = Object.entries(
    Object.groupBy(
      [...keys].filter((key) => !ended.has(key)),
      aboutOf,
    ),
  ).filter(([, same = []]) => same.length > 1);
  return [
    ...open.map(([about]) => `one-page: several pages about ${about} stand beside each other`),
    ...unknown.map((key) => `one-page: ${key} was resolved and never sent`),
  ];
}

/** What a page is about: its key without the number that tells a later one from the first. */
function aboutOf(key: string): string {
  return key.replace(/\/\d+$/, "");
}

function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? "";
}

function isAnnouncedLive({ status }: NodeHalt): boolean {
  return status?.seen?.sources.includes("live-intent") ?? false;
}

/** The node announced nothing: its log and its height told of the halt. */
function isInferred({ spec }: NodeHalt): boolean {
  return spec.inferredFrom !== undefined;
}

/** Whether the pod's node does not run, or is the one that stands halted though it runs. */
function isStopped(pod: V1Pod, { halt }: Act): boolean {
  const own = pod.status?.containerStatuses?.find(({ name }) => name === halt.spec.container);
  if (!isRunning(own)) return true;
  return nameOf(pod) === halt.spec.podName && (isAnnouncedLive(halt) || isInferred(halt));
}

/** Reasons that the container's codes say, of its present end and the one before. */
function endsOf({ status }: V1Pod, container: string): readonly string[] {
  const own = status?.containerStatuses?.find(({ name }) => name === container);
  return [own?.state, own?.lastState].flatMap((state) => {
    const meaning = parseExitCode(state?.terminated?.exitCode);
    return meaning.kind === "reason" ? [reasonToken(meaning.reason)] : [];
  });
}

function isMadeBy({ metadata }: V1Pod, workload: Workload): boolean {
  return (metadata?.ownerReferences ?? []).some(
    ({ uid, controller }) => controller && uid === workload.metadata?.uid,
  );
}

/** Whether a partition keeps the pod on the revision that it has. */
function isKept(pod: V1Pod, { spec }: Workload): boolean {
  const strategy = spec !== undefined && "updateStrategy" in spec ? spec.updateStrategy : undefined;
  if (strategy?.type !== "RollingUpdate") return false;
  const ordinal = Number(nameOf(pod).slice(nameOf(pod).lastIndexOf("-") + 1));
  const start = (spec as { ordinals?: { start?: number } }).ordinals?.start ?? 0;
  return ordinal < start + (strategy.rollingUpdate?.partition ?? 0);
}

/** A workload's spec without what a swap may change. */
function withoutImage({ spec }: Workload, container: string): unknown {
  const pod = spec?.template.spec;
  const containers = pod?.containers.map((one) => (one.name === container ? { ...one, image: "" } : one));
  const template = { ...spec?.template, spec: { ...pod, containers } };
  if (spec === undefined || !("updateStrategy" in spec)) return { ...spec, template };
  // Kubernetes 1.37 writes down its default for the second as soon as somebody writes the first.
  const rollingUpdate = { maxUnavailable: 1, ...spec.updateStrategy?.rollingUpdate, partition: 0 };
  return { ...spec, template, updateStrategy: { ...spec.updateStrategy, rollingUpdate } };
}
