import { hasCode, keyOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { API_VERSION } from "../api/group.ts";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { hasEnded, type NodeHalt, type NodeHaltSpec, type Seen, type WorkloadRef } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import type { HaltJournal } from "../journal/halt-journal.ts";
import { isJournal, journalName, namesAgain } from "../journal/journal-name.ts";
import { haltedRunOf } from "../judge/halted-run.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { reasonOf } from "../judge/judgement.ts";
import { planNameOf, recordedHeightOf } from "../judge/recorded-facts.ts";
import { haltsOfPodsBefore, isOpen, isOtherHalt, isSameHalt } from "../judge/same-halt.ts";
import { between, type OnBoundary } from "../model/boundary.ts";
import { makesBlocks } from "../model/live-status.ts";
import { containerOf } from "../model/pod.ts";
import { haltsOf, type Stores } from "../model/stores.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { seenOf } from "../observe/pod-sight.ts";
import { isSettledRefusal, orUnreadable } from "../workloads/unreadable.ts";
import type { Workloads } from "../workloads/workloads.ts";
import { bareSpec, haltSpecOf, standsNow } from "./halt-spec.ts";
import { Lasting } from "./lasting.ts";
import { ProvenWorkloads } from "./proven-workloads.ts";
import type { UnrecordedHalts } from "./unrecorded-halts.ts";

export interface DetectorOptions {
  readonly stores: Stores;
  readonly workloads: Workloads;
  readonly journal: HaltJournal;
  readonly unrecorded: UnrecordedHalts;
  /** Told of a halt as its journal is about to be opened. */
  readonly onHalt: (halt: NodeHalt) => void;
  readonly onBoundary: OnBoundary;
  readonly log: Logger;
  readonly now: () => number;
}

const NAMES_TAKEN =
  "every name that its journal can have is taken by a NodeHalt that tells of no halt, or of one that is over";

/** A halt that was just recorded, and the reading of its workload that was begun meanwhile. */
export interface Detected {
  readonly halt: NodeHalt;
  readonly workload: Promise<WorkloadSight> | undefined;
}

/** Tells from a pod whether its node halted, and opens the journal of a halt that has none. */
export class Detector {
  readonly #options: DetectorOptions;
  /** By the journal's UID: what its pod showed as it was recorded. The pod may be gone before that is written down. */
  readonly #seen = new Map<string, Seen>();

  /** By the pod's UID: that its workload can't be read. */
  readonly #unreadable: Lasting;

  readonly #proven: ProvenWorkloads;

  constructor(options: DetectorOptions) {
    this.#options = options;
    this.#unreadable = new Lasting(options.now);
    this.#proven = new ProvenWorkloads(options.workloads);
  }

  /** Reads ahead of a node that runs and may halt soon. */
  prepare(key: string, node: JudgedNode): void {
    this.#proven.prepare(key, node);
  }

  /** The pod with this key is gone. */
  forget(key: string): void {
    this.#proven.forget(key);
  }

  /**
   * Records a halt that is seen for the first time; `undefined` when there is none, or it is known. What could not be recorded before
   * stays told of while the node shows no halt as it starts anew, unless it is the last look at its pod.
   */
  async detect(key: string, node: JudgedNode, isLast = false): Promise<Detected | undefined> {
    const detected = await this.#detect(key, node);
    const { pod, policy, verdict, live } = node;
    const isStill = policy !== undefined && reasonOf(verdict) === undefined;
    if (!isStill || isLast || makesBlocks(live?.runHeight, live?.height))
      this.#options.unrecorded.over(pod.metadata.uid ?? "");
    return detected;
  }

  async #detect(key: string, node: JudgedNode): Promise<Detected | undefined> {
    const { pod, policy, verdict } = node;
    if (policy === undefined) return undefined;
    const { workloads, unrecorded, onBoundary, now, log } = this.#options;
    const reason = reasonOf(verdict);
    const { namespace = "" } = pod.metadata;
    if (reason === undefined) return undefined;
    const { container } = policy.spec;
    const names = this.#namesOfUnknown(key, node, container);
    if (names === undefined) return undefined;
    const ref = this.#proven.of(key, pod, policy.spec) ?? (await this.#workloadOf(node, policy));
    const spec = haltSpecOf(node, policy, ref, now());
    if (spec === undefined) return undefined;
    const metadata = { name: names[0] ?? "", namespace };
    if (this.#isToldOf({ metadata, spec })) return undefined;
    const workload =
      ref &&
      orUnreadable(workloads.read({ namespace, ref, container, policy, pod }), `${ref.kind} ${ref.name}`, 0);
    workload?.catch(() => {});
    this.#options.onHalt({ apiVersion: API_VERSION, kind: "NodeHalt", metadata, spec });
    const opening = () => this.#open(namespace, names, spec, node);
    const halt = await between("create-halt", onBoundary, opening).catch((error: unknown) => {
      unrecorded.noteUncreated(namespace, names[0] ?? "", spec, policy, error);
      throw error;
    });
    const { name } = halt.metadata;
    const seen = seenOf(halt, node, now());
    const { uid } = halt.metadata;
    if (seen !== undefined && uid !== undefined) this.#seen.set(uid, seen);
    log.info(
      { object: `${namespace}/${name}`, pod: key, reason, plan: spec.planName, height: spec.height },
      spec.verdict,
    );
    return { halt, workload };
  }

  /** The workload that provably made the pod. A halt is recorded, and told of, also where nobody may read which that is. */
  async #workloadOf({ pod }: JudgedNode, policy: HaltPolicy): Promise<WorkloadRef | undefined> {
    const { workloads, log } = this.#options;
    const key = pod.metadata.uid ?? "";
    try {
      const lineage = await workloads.ofPolicy(policy.spec).find(pod, policy.spec.target.customResource);
      this.#unreadable.over(key);
      return lineage.kind === "found" ? lineage.ref : undefined;
    } catch (error) {
      if (!isSettledRefusal(error, this.#unreadable.note(key))) throw error;
      this.#unreadable.over(key);
      log.warn({ object: keyOf(pod), error: error.message }, "the workload of a halted pod can't be read");
      return undefined;
    }
  }

  /**
   * Whether a journal that ended says all about this halt: a pod of the same Deployment, which is gone, came to the same halt on
   * the same image. Each pod that is made anew of it would be one more page.
   */
  #isToldOf(halt: Pick<NodeHalt, "metadata" | "spec">): boolean {
    return haltsOfPodsBefore(halt, this.#options.stores).some(
      (before) => hasEnded(before) && isOpen(before) && before.status?.seen !== undefined,
    );
  }

  /** What the pod of a halt showed when it was recorded here, until the journal says it. */
  seenWhenRecorded({ metadata: { uid = "" }, status }: NodeHalt): Seen | undefined {
    if (status?.seen !== undefined) this.#seen.delete(uid);
    return this.#seen.get(uid);
  }

  /**
   * Opens the journal of a halt under the first name that nobody else took: whoever may create a NodeHalt can work out the name
   * of one that is to come.
   *
   * @throws {ControllerError} `names-taken` where all are: none of them can tell a person, as one that ended says no more.
   */
  async #open(
    namespace: string,
    names: readonly string[],
    spec: NodeHaltSpec,
    node: JudgedNode,
  ): Promise<NodeHalt> {
    const { journal, log } = this.#options;
    for (const name of names) {
      const opened = await journal.open(namespace, name, spec).catch((error: unknown) => {
        if (!hasCode(error, "invalid")) throw error;
        return journal.open(namespace, name, bareSpec(spec, error));
      });
      if (opened.isNew || (isOpen(opened.halt) && this.#isBelieved(opened.halt, node))) return opened.halt;
      log.warn({ object: `${namespace}/${name}` }, "another NodeHalt has the name of this halt's journal");
    }
    throw new ControllerError("names-taken", NAMES_TAKEN);
  }

  /**
   * Whether the controller may have written a journal: it saw what that records, or would record just that. Anybody may have
   * written any other, or a controller that ended before it could write down what it saw: its pod shows otherwise by now.
   */
  #isBelieved(halt: NodeHalt, { pod, verdict }: JudgedNode): boolean {
    const { spec, status, metadata } = halt;
    if (spec.podName !== pod.metadata.name || !isJournal(halt)) return false;
    if (status?.seen !== undefined || this.#seen.has(metadata.uid ?? "")) return true;
    return (
      containerOf(pod, spec.container)?.image === spec.image &&
      planNameOf(verdict) === spec.planName &&
      recordedHeightOf(verdict) === spec.height
    );
  }

  /** The names for the journal of a halt that has none, the first choice first; `undefined` when it has one. */
  #namesOfUnknown(key: string, node: JudgedNode, container: string): readonly string[] | undefined {
    const { pod, verdict } = node;
    const { name: podName, uid: podUID = "" } = pod.metadata;
    const reason = reasonOf(verdict) ?? "";
    const journals = this.#options.stores.halts
      .under(haltsOf.pod(key))
      .filter((halt) => this.#isBelieved(halt, node));
    if (journals.some((halt) => isOpen(halt) && isSameHalt(halt, node))) return undefined;
    const identity = { podName, podUID, container, reason };
    const run = haltedRunOf(node, container) ?? 0;
    const [planName, height] = [planNameOf(verdict), recordedHeightOf(verdict)];
    const again = namesAgain({ ...identity, restartCount: run, planName, height } as NodeHaltSpec);
    const ofThisRun = journalName({ ...identity, run });
    const earlier = journals.filter(
      ({ spec }) => spec.podUID === podUID && spec.container === container && spec.reason === reason,
    );
    if (earlier.length === 0) return [journalName(identity), ofThisRun, ...again];
    const ofRun = earlier.filter(({ spec }) => (spec.restartCount ?? Number.POSITIVE_INFINITY) >= run);
    if (ofRun.length === 0) return [ofThisRun, ...again];
    // A halt that is over and stands again is another one, and so is one of another plan.
    const stands = standsNow(node, container);
    if (ofRun.some((halt) => !isOtherHalt(halt.spec, verdict) && (isOpen(halt) || !stands))) return undefined;
    const known = new Set(journals.filter(isOpen).map(({ metadata }) => metadata.name));
    const free = again.filter((name) => !known.has(name));
    return free.length === 0 ? undefined : free;
  }
}
