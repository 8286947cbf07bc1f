import { keyOf } from "@upgrade-halt/kube";
import { isSwapping, type NodeHalt } from "../api/node-halt.ts";
import { isHaltCode } from "../judge/halt-code.ts";
import { isOpen } from "../judge/same-halt.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import type { LiveStatus } from "../model/live-status.ts";
import { containerOf, containerStatusOf, mayRun, type Pod, portOf } from "../model/pod.ts";
import { haltsOf, type Stores } from "../model/stores.ts";
import { perObject } from "../per-object.ts";
import { foundShared, lookalikeOf, type NodeTraits, type Stranger, whoMayAnswerFor } from "./strangers.ts";

/** A node that has not answered for so long after it was started serves no `/status`, as a seed node does. */
const STARTS_WITHIN_MS = 600_000;
/** A run that began so long ago by this machine's clock did begin long ago, however wrong that is. */
const WRONG_CLOCK_MS = 3_600_000;

/**
 * Whether a node was started so lately that it may yet say which validator it is: its present run has not answered on `/status`, or
 * names no validator where a run before it did. What a run before said counts for no other: keys are moved between runs. One that
 * waits to be started again counts as what it was; one that never said what it is, as a pod that was made anew, may do so whenever
 * it runs. Clocks differ: `watchedMs` is for how long this process has
 * seen the run.
 */
export function isStarting(
  pod: Pod,
  container: string,
  live: LiveStatus | undefined,
  now: number,
  watchedMs = Number.POSITIVE_INFINITY,
): boolean {
  const { restartCount = 0, state } = containerStatusOf(pod, container) ?? {};
  const isOfRun = live?.run === restartCount;
  if (isOfRun && (live.sighting?.kind === "answered" || live.runHeight !== undefined))
    return live.validatorAddress !== undefined && (live.addressOf ?? restartCount) !== restartCount;
  if (state?.running === undefined)
    return live?.validatorAddress === undefined || live.addressOf === "another-pod";
  const ranMs = Math.abs(now - Date.parse(state.running.startedAt ?? pod.metadata.creationTimestamp ?? ""));
  return ranMs < STARTS_WITHIN_MS || (ranMs < WRONG_CLOCK_MS && watchedMs < STARTS_WITHIN_MS);
}

/**
 * Nodes of the namespace of `pod` that a policy selects and that only start: by the policy's word they are nodes, whatever they look
 * like. One that halted and waits to be started again, or
 * that the controller starts anew, is known by what its journal saw.
 */
export function startingNodes(
  pod: Pod,
  traits: NodeTraits,
  { pods, policies, halts }: Stores,
  liveOf: (pod: Pod) => LiveStatus | undefined,
  now: number,
  watchedMs: (key: string) => number,
): readonly Stranger[] {
  const { namespace = "", uid } = pod.metadata;
  const present = policies.under(namespace);
  const near = pods.under(namespace);
  const byAddress = addressesAmong(near);
  return near.flatMap((other): Stranger[] => {
    if (other.metadata.uid === uid || !mayRun(other)) return [];
    const live = liveOf(other);
    const spec = governingPolicy(other, present)?.spec;
    if (spec === undefined) return [];
    if (!isStarting(other, spec.container, live, now, watchedMs(keyOf(other)))) {
      const port = portOf(containerOf(other, spec.container), spec.rpcPort);
      const beside = byAddress.get(other.status?.podIP) ?? [];
      const who = port && whoMayAnswerFor(other, port, beside, { ...traits, portName: spec.rpcPort });
      return who ? [{ pod: keyOf(other), found: foundShared(who), starts: true }] : [];
    }
    // What the policy can't read is asked by its looks, or is none of its nodes.
    const container = containerOf(other, spec.container);
    const isRead = portOf(container, spec.rpcPort) !== undefined;
    if (!isRead && (container === undefined || lookalikeOf(other, traits) !== undefined)) return [];
    const key = keyOf(other);
    const journals = halts.under(haltsOf.pod(key));
    if (journals.some((journal) => isKnownBy(journal, other, spec.container))) return [];
    return [{ pod: key, found: "starts, and has not answered on /status in this run", starts: true }];
  });
}

/** By the pods of a namespace as a store gives them, which are other ones once any changes. */
const addressesAmong = perObject((pods: readonly Pod[]) => Map.groupBy(pods, ({ status }) => status?.podIP));

/**
 * Whether a journal tells which node the pod is: it halted in this pod with this image, and waits to be started again, or just so in
 * the one that was made anew from the same image; or its swap brought the pod. A run that says nothing may be of another binary or key.
 */
function isKnownBy(journal: NodeHalt, pod: Pod, container: string): boolean {
  const { spec, status } = journal;
  if (!isOpen(journal) || status?.seen === undefined) return false;
  const image = containerOf(pod, container)?.image;
  if (isSwapping(journal) && image === status.toImage && pod.metadata.uid !== spec.podUID) return true;
  if (image !== spec.image) return false;
  const { state, lastState } = containerStatusOf(pod, container) ?? {};
  const hasHalted = isHaltCode((state?.terminated ?? lastState?.terminated)?.exitCode);
  return state?.running === undefined && (pod.metadata.uid === spec.podUID || hasHalted);
}
