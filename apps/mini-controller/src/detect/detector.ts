import type { Verdict } from "@upgrade-halt/consumer";
import type { Logger } from "pino";
import type { NodeHalt, NodeHaltSpec, Seen } from "../api/node-halt.ts";
import { hasCode } from "../controller-error.ts";
import type { HaltJournal } from "../journal/halt-journal.ts";
import { isJournal, journalName, namesAgain } from "../journal/journal-name.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { reasonOf } from "../judge/judgement.ts";
import { planNameOf, recordedHeightOf } from "../judge/recorded-facts.ts";
import { isOpen, isOtherHalt, isSameHalt } from "../judge/same-halt.ts";
import { between, type OnBoundary } from "../model/boundary.ts";
import type { Pod } from "../model/pod.ts";
import { haltsOf, type Stores } from "../model/stores.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { seenOf } from "../observe/pod-sight.ts";
import type { Workloads } from "../workloads/workloads.ts";
import { bareSpec, haltedRunOf, haltSpecOf, standsNow } from "./halt-spec.ts";

export interface DetectorOptions {
  readonly stores: Stores;
  readonly workloads: Workloads;
  readonly journal: HaltJournal;
  readonly onBoundary: OnBoundary;
  readonly log: Logger;
  readonly now: () => number;
}

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

  constructor(options: DetectorOptions) {
    this.#options = options;
  }

  /** Records a halt that is seen for the first time; `undefined` when there is none, or it is known. */
  async detect(key: string, node: JudgedNode): Promise<Detected | undefined> {
    const { pod, policy, verdict } = node;
    if (policy === undefined) return undefined;
    const { workloads, journal, onBoundary, now, log } = this.#options;
    const reason = reasonOf(verdict);
    const { namespace = "" } = pod.metadata;
    if (reason === undefined) return undefined;
    const { container } = policy.spec;
    const name = this.#nameOfUnknown(key, pod, verdict, container);
    if (name === undefined) return undefined;
    const lineage = await workloads.ofPolicy(policy.spec).find(pod, policy.spec.target.customResource);
    const ref = lineage.kind === "found" ? lineage.ref : undefined;
    const spec = haltSpecOf(pod, policy, verdict, ref, now());
    if (spec === undefined) return undefined;
    const workload = ref && workloads.ofRef(ref).read({ namespace, ref, container, policy, pod });
    workload?.catch(() => {});
    const { halt } = await between("create-halt", onBoundary, () =>
      journal.open(namespace, name, spec).catch((error: unknown) => {
        if (!hasCode(error, "invalid")) throw error;
        return journal.open(namespace, name, bareSpec(spec, error));
      }),
    );
    const seen = seenOf(halt, node, now());
    const { uid } = halt.metadata;
    if (seen !== undefined && uid !== undefined) this.#seen.set(uid, seen);
    log.info(
      { object: `${namespace}/${name}`, pod: key, reason, plan: spec.planName, height: spec.height },
      spec.verdict,
    );
    return { halt, workload };
  }

  /** What the pod of a halt showed when it was recorded here, until the journal says it. */
  seenWhenRecorded({ metadata: { uid = "" }, status }: NodeHalt): Seen | undefined {
    if (status?.seen !== undefined) this.#seen.delete(uid);
    return this.#seen.get(uid);
  }

  /** The name for the journal of a halt that has none; `undefined` when it has one. */
  #nameOfUnknown(key: string, pod: Pod, verdict: Verdict, container: string): string | undefined {
    const { name: podName, uid: podUID = "" } = pod.metadata;
    const reason = reasonOf(verdict) ?? "";
    const journals = this.#options.stores.halts.under(haltsOf.pod(key)).filter(isJournal);
    if (journals.some((halt) => isOpen(halt) && isSameHalt(halt.spec, pod, verdict))) return undefined;
    const identity = { podName, podUID, container, reason };
    const earlier = journals.filter(
      ({ spec }) => spec.podUID === podUID && spec.container === container && spec.reason === reason,
    );
    if (earlier.length === 0) return journalName(identity);
    const run = haltedRunOf(pod, container, verdict) ?? 0;
    const ofRun = earlier.filter(({ spec }) => (spec.restartCount ?? Number.POSITIVE_INFINITY) >= run);
    if (ofRun.length === 0) return journalName({ ...identity, run });
    // A halt that is over and stands again is another one, and so is one of another plan.
    const stands = standsNow(pod, container, verdict);
    if (ofRun.some((halt) => !isOtherHalt(halt.spec, verdict) && (isOpen(halt) || !stands))) return undefined;
    const [planName, height] = [planNameOf(verdict), recordedHeightOf(verdict)];
    const names = namesAgain({ ...identity, restartCount: run, planName, height } as NodeHaltSpec);
    return names.find((name) => !journals.some(({ metadata }) => metadata.name === name));
  }
}
