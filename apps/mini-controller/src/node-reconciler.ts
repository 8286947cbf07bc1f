import type { Verdict } from "@upgrade-halt/consumer";
import { hasCode, keyOf, type Outcome } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { Actor } from "./act/actor.ts";
import type { OrphanedPages } from "./act/orphaned-pages.ts";
import type { PodMarks } from "./act/pod-marks.ts";
import type { HaltPolicy } from "./api/halt-policy.ts";
import { hasEnded, isToldOf, type NodeHalt, pagesOf, type Seen } from "./api/node-halt.ts";
import { SETTLE_MS } from "./decide/during-swap.ts";
import { nextMove, nextMoveBesidePage } from "./decide/next-move.ts";
import type { Detected, Detector } from "./detect/detector.ts";
import { Lasting } from "./detect/lasting.ts";
import type { UnrecordedHalts } from "./detect/unrecorded-halts.ts";
import type { HaltJournal } from "./journal/halt-journal.ts";
import type { SlotBook } from "./journal/slot-book.ts";
import type { StepWriter } from "./journal/step-writer.ts";
import { type JudgedNode, judgedNode, verdictAfter } from "./judge/judged-node.ts";
import { reasonOf, UNRECOGNISED } from "./judge/judgement.ts";
import { planNameOf } from "./judge/recorded-facts.ts";
import { isOpen } from "./judge/same-halt.ts";
import { isUnreadHalt } from "./judge/unread-halt.ts";
import { namespaceOf } from "./kube/paths.ts";
import { answeringKey } from "./model/governance.ts";
import { governingPolicy } from "./model/governing-policy.ts";
import type { LiveStatus } from "./model/live-status.ts";
import { type Act, type Move, restsOnServer } from "./model/move.ts";
import type { Pod } from "./model/pod.ts";
import { haltsOf, type Stores } from "./model/stores.ts";
import type { WorkloadSight } from "./model/workload-sight.ts";
import type { NodeRecorder } from "./observe/node-recorder.ts";
import type { NodeWatch } from "./observe/node-watch.ts";
import type { Observation } from "./observe/observation.ts";
import type { ObservationReader } from "./observe/observation-reader.ts";
import type { StatusWatch } from "./observe/status-watch.ts";
import { LASTING_MS } from "./workloads/unreadable.ts";

export interface NodeReconcilerOptions {
  readonly stores: Stores;
  readonly statuses: StatusWatch;
  readonly watch: NodeWatch;
  readonly slots: SlotBook;
  readonly journal: HaltJournal;
  readonly steps: StepWriter;
  readonly detector: Detector;
  readonly unrecorded: UnrecordedHalts;
  readonly orphaned: OrphanedPages;
  readonly observations: ObservationReader;
  readonly actor: Actor;
  readonly marks: PodMarks;
  readonly recorder: NodeRecorder;
  /** Sees to the halt's pages, beside what is done here. */
  readonly onPageDue: (halt: NodeHalt) => void;
  readonly now: () => number;
  readonly log: Logger;
}

/** More moves in one go than any halt has: one whose moves never end is a fault, and must not spin. */
const MAX_MOVES = 24;
/** Refusals in a row after which the key backs off: whoever else writes, or refuses, goes on doing so. */
const MAX_REFUSALS = 3;

/**
 * How soon to look again after an effect that others answer: a workload's own controller takes notice of an image, and a
 * pod that was deleted shows as such by its own change, unless that does not come.
 */
const ANSWERED_MS: Readonly<Record<Act["kind"], number>> = {
  "set-image": SETTLE_MS,
  "delete-pod": 1_000,
};

/**
 * Everything about one pod name: is its pod halted, and what is next for each of its halts. One key, so nothing
 * about a node happens twice at a time. Asks for nothing but what the API server and the node say now.
 */
export class NodeReconciler {
  readonly #options: NodeReconcilerOptions;
  /** Pods as they were when they went, until they were judged: the last thing seen of one may be its halt. */
  readonly #departed = new Map<string, Pod[]>();

  /** By the UID of a pod that went: that its node can't be recorded. */
  readonly #unnoted: Lasting;

  constructor(options: NodeReconcilerOptions) {
    this.#options = options;
    this.#unnoted = new Lasting(options.now);
  }

  /** Keeps a pod that went for one last look. Reconcile its key next: on a leader, as only that one records. */
  noteDeparted(key: string, pod: Pod): void {
    const pods = this.#departed.get(key) ?? [];
    pods.push(pod);
    this.#departed.set(key, pods);
  }

  /** Whether a pod of this key that went is yet to be judged for the last time. */
  isDeparting(key: string): boolean {
    return this.#departed.has(key);
  }

  async reconcile(key: string): Promise<Outcome> {
    const { stores, statuses, watch, marks } = this.#options;
    const failures: unknown[] = [];
    try {
      await this.#judgeDeparted(key);
    } catch (error) {
      await this.#options.unrecorded.tell(key);
      throw error;
    }
    const pod = stores.pods.get(key);
    const policy = pod && this.#policyOf(pod);
    watch.follow(key, pod, policy);
    const unnoted = pod && policy && (await this.#note(pod, policy, statuses.get(key, pod.metadata.uid)));
    if (unnoted !== undefined) failures.push(unnoted);
    const waits: number[] = [];
    const nextLog = watch.wantLog(key, pod, policy);
    if (nextLog !== undefined) waits.push(nextLog);
    const node = pod && this.#judge(key, pod, policy);
    if (node === undefined) this.#options.detector.forget(key);
    else if (node.verdict.kind === "running") this.#options.detector.prepare(key, node);
    let detected: Detected | undefined;
    try {
      detected = node && (await this.#options.detector.detect(key, node));
    } catch (error) {
      failures.push(error);
    }
    for (const halt of stores.halts.under(haltsOf.pod(key))) {
      const prefetched = detected?.halt.metadata.name === halt.metadata.name ? detected.workload : undefined;
      try {
        const ms = await this.#advance(halt, prefetched, node);
        if (ms !== undefined) waits.push(ms);
      } catch (error) {
        // What keeps one halt from going on keeps back no other.
        failures.push(error);
      }
    }
    for (const pages of [this.#options.unrecorded, this.#options.orphaned]) {
      const nextPage = await pages.tell(key);
      if (nextPage !== undefined) waits.push(nextPage);
    }
    if (node && this.#isNewest(key, node.pod) && (policy || this.#hasLeft(key, node.pod)))
      await marks.sync(node.pod, policy, policy && this.#reasonFor(key, node));
    if (failures.length > 0) throw failures[0];
    return waits.length === 0 ? {} : { requeueAfterMs: Math.min(...waits) };
  }

  /**
   * A pod that went is forgotten once its halt and its node are recorded: it is in no list that could be looked at again. Nothing is
   * recorded of the pod after it before; but what lasts keeps nothing back for ever, nor does a halt that a person is told of without a
   * journal, where a pod came after it.
   */
  async #judgeDeparted(key: string): Promise<void> {
    const { stores, statuses, detector, unrecorded } = this.#options;
    const pods = this.#departed.get(key) ?? [];
    for (let pod = pods[0]; pod !== undefined; pod = pods[0]) {
      const policy = this.#policyOf(pod);
      const { uid = "" } = pod.metadata;
      const unnoted = policy && (await this.#note(pod, policy, statuses.get(key, uid), true));
      try {
        await detector.detect(key, this.#judge(key, pod, policy), true);
      } catch (error) {
        const next = (pods[1] ?? stores.pods.get(key))?.metadata.uid;
        if (next === undefined || !unrecorded.handOver(uid, next)) throw error;
      }
      if (unnoted !== undefined && this.#unnoted.note(uid) < LASTING_MS) throw unnoted;
      this.#unnoted.over(uid);
      pods.shift();
    }
    this.#departed.delete(key);
  }

  /** Why the node could not be recorded. That keeps back no halt of it. */
  async #note(pod: Pod, policy: HaltPolicy, live: LiveStatus | undefined, isLast = false): Promise<unknown> {
    try {
      await this.#options.recorder.note(pod, policy, live, isLast);
    } catch (error) {
      return error;
    }
    return undefined;
  }

  /** Makes one move after the other for one halt until it waits or rests; the milliseconds to wait, if any. */
  async #advance(
    first: NodeHalt,
    prefetched: Promise<WorkloadSight> | undefined,
    judged: JudgedNode | undefined,
  ): Promise<number | undefined> {
    const { observations, journal, slots } = this.#options;
    let halt = first;
    let workload = prefetched;
    let refusals = 0;
    let isServerNext = false;
    for (let moves = 0; moves < MAX_MOVES; moves += 1) {
      if (isSettled(halt)) return undefined;
      try {
        const look = isServerNext
          ? await observations.readOnServer(halt)
          : await observations.read(halt, workload, judged);
        const observation = look();
        const move = this.#moveWithoutPages(observation);
        workload = move.kind === "journal" ? Promise.resolve(observation.workload) : undefined;
        if (observation.from === "memory" && restsOnServer(move, halt)) {
          isServerNext = true;
          continue;
        }
        isServerNext = announcesAct(move, halt);
        if (move.kind === "wait") return move.ms;
        if (move.kind === "rest") return undefined;
        const work = () => this.#make(move, observation);
        const { policy } = observation;
        const policyKey = answeringKey(halt, policy);
        halt = await (beginsSwap(move) ? slots.during(policyKey, halt.spec.podName, work) : work());
        refusals = 0;
        if (move.kind === "effect") return ANSWERED_MS[move.effect.kind];
      } catch (error) {
        refusals += 1;
        if (!hasCode(error, "conflict", "invalid") || refusals >= MAX_REFUSALS) throw error;
        this.#options.log.debug(
          { object: keyOf(halt), error: error.message },
          "changed meanwhile, looking again",
        );
        halt = await journal.refresh(namespaceOf(halt), halt.metadata.name);
        workload = undefined;
        isServerNext = false;
      }
    }
    throw new Error(`no rest after ${MAX_MOVES} moves`);
  }

  /** Others tell people: nothing here waits for a receiver. */
  #moveWithoutPages(observation: Observation): Move {
    const move = nextMove(observation);
    if (move.kind !== "effect") return move;
    const { effect } = move;
    if (effect.kind === "set-image" || effect.kind === "delete-pod") return { kind: "effect", effect };
    this.#options.onPageDue(observation.halt);
    return nextMoveBesidePage(observation);
  }

  async #make(
    move: Extract<Move, { kind: "journal" | "effect" }>,
    observation: Observation,
  ): Promise<NodeHalt> {
    return move.kind === "effect"
      ? await this.#options.actor.perform(move.effect, observation)
      : await this.#options.steps.write(observation.halt, move.status);
  }

  /** Whether nothing was told of the pod since: if something was, its marks are looked at again after it. */
  #isNewest(key: string, { metadata: { uid, resourceVersion } }: Pod): boolean {
    const now = this.#options.stores.pods.get(key)?.metadata;
    return now?.uid === uid && now?.resourceVersion === resourceVersion;
  }

  /** Whether no halt of this very pod stands any more: where no policy selects it, that alone tells. */
  #hasLeft(key: string, { metadata: { uid } }: Pod): boolean {
    const halts = this.#options.stores.halts.under(haltsOf.pod(key));
    return !halts.some((halt) => halt.spec.podUID === uid && isOpen(halt));
  }

  /** Why the pod is halted, if it is. A container that crashes as it restarts after a halt is still in that halt. */
  #reasonFor(key: string, before: JudgedNode): string | undefined {
    const { stores, observations } = this.#options;
    const { pod, policy } = before;
    const { uid } = pod.metadata;
    const latched = stores.halts
      .under(haltsOf.pod(key))
      .find((halt) => isOpen(halt) && halt.spec.podUID === uid);
    const seen = latched?.status?.seen;
    const recorded = latched && seen && { spec: latched.spec, seen };
    const judged = this.#judge(key, pod, policy, before);
    const verdict = verdictAfter(judged, recorded);
    // That nobody knows whether it halted is no reason to take a node that may run out of service.
    if (isUnreadHalt(verdict)) return undefined;
    const halt = { reason: reasonOf(verdict), planName: planNameOf(verdict) };
    // Nor is what another pod may have said in its place.
    const isAnnounced = announcesNow(judged.verdict) || isOnlyAnnounced(verdict, seen);
    if (policy && isAnnounced && observations.mayBeAnnouncedByAnother(pod, policy, halt)) return undefined;
    const still = latched?.spec.reason === UNRECOGNISED && verdict.kind !== "running";
    return reasonOf(verdict) ?? (still ? UNRECOGNISED : undefined);
  }

  #judge(key: string, pod: Pod, policy: HaltPolicy | undefined, before?: JudgedNode): JudgedNode {
    return judgedNode(pod, policy, this.#options.statuses.get(key, pod.metadata.uid), before);
  }

  #policyOf(pod: Pod): HaltPolicy | undefined {
    return governingPolicy(pod, this.#options.stores.policies.under(namespaceOf(pod)));
  }
}

/** Whether the run that goes on is said to announce a halt: how one before it ended is no word about it. */
function announcesNow(verdict: Verdict): boolean {
  return verdict.kind === "halted" && verdict.sources.includes("live-intent");
}

/** Whether nothing told of the halt but what was read at the pod's address. */
function isOnlyAnnounced(verdict: Verdict, seen: Seen | undefined): boolean {
  if (verdict.kind !== "halted") return false;
  return ![...verdict.sources, ...(seen?.sources ?? [])].some(
    (source) => source === "exit-code" || source === "plan-line",
  );
}

/** A journal entry that its act follows at once. */
function announcesAct(move: Move, { status }: NodeHalt): boolean {
  if (move.kind !== "journal") return false;
  const { phase, deletedPodUID } = move.status;
  return phase === "Swapping" || phase === "Recreating" || deletedPodUID !== status?.deletedPodUID;
}

function beginsSwap(move: Move): boolean {
  return move.kind === "journal" && move.status.phase === "Swapping";
}

/** Nothing is left to do or to see: the halt has ended, its node is known to run, and everybody paged knows it. */
function isSettled(halt: NodeHalt): boolean {
  return hasEnded(halt) && !isOpen(halt) && pagesOf(halt).every(isToldOf);
}
