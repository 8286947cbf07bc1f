import type { Verdict } from "@upgrade-halt/consumer";
import { parseReasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { keyOf } from "@upgrade-halt/kube";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { hasEnded, isSwapping, type NodeHalt, type Seen } from "../api/node-halt.ts";
import { ControllerError } from "../controller-error.ts";
import { type JudgedNode, judgedNode } from "../judge/judged-node.ts";
import { isInferred, recommendFor } from "../judge/judgement.ts";
import { logSourceOf } from "../judge/log-source.ts";
import { isSameHalt } from "../judge/same-halt.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { namespaceOf } from "../kube/paths.ts";
import { governanceOf, policyOf } from "../model/governance.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import { newestOf, type Pod, provenanceOf } from "../model/pod.ts";
import { haltsOf, haltsOfNode, podKeyOf, podsOf, type Stores } from "../model/stores.ts";
import { podLabelsIn, type WorkloadSight } from "../model/workload-sight.ts";
import { isOwnerIn } from "../workloads/owner.ts";
import { readRevision, type TemplateRevision } from "../workloads/template-revision.ts";
import { isSettledRefusal, orUnreadable } from "../workloads/unreadable.ts";
import type { WorkloadTarget } from "../workloads/workload.ts";
import type { Workloads } from "../workloads/workloads.ts";
import type { LogReader } from "./log-reader.ts";
import type { Observation } from "./observation.ts";
import { NOBODY_ELSE, OtherPods, type OtherPodsOptions } from "./other-pods.ts";
import { type Past, type Pasts, readPasts } from "./pasts.ts";
import { podSightOf, seenOf } from "./pod-sight.ts";
import { haltedRun, previousImage } from "./previous-image.ts";
import { isStopped, type RecoveryTimer } from "./recovery-timer.ts";
import { readServerView, type Server } from "./server-view.ts";
import { liveOf } from "./status-watch.ts";
import type { Asked } from "./strangers.ts";

export interface ObservationReaderOptions extends OtherPodsOptions {
  readonly server: Server;
  readonly setWasRefused: (halt: NodeHalt) => boolean;
  readonly seenWhenRecorded: (halt: NodeHalt) => Seen | undefined;
  readonly workloads: Workloads;
  readonly logs: LogReader;
  readonly timer: RecoveryTimer;
  readonly now: () => number;
}

const NOT_ASKED: WorkloadSight = { kind: "not-asked" };

/** Gathers what a decision about one halt rests on. */
export class ObservationReader {
  readonly #options: ObservationReaderOptions;

  readonly #others: OtherPods;

  constructor(options: ObservationReaderOptions) {
    this.#options = options;
    this.#others = new OtherPods(options);
  }

  /**
   * Asks what has to be asked, and resolves with a look at everything as it is in the very turn of the call: what
   * other nodes do may change while this one waits for an answer. `workload` is a reading that was begun earlier, and
   * `judged` a judgement that was made earlier.
   */
  async read(
    halt: NodeHalt,
    workload?: Promise<WorkloadSight>,
    judged?: JudgedNode,
  ): Promise<() => Observation> {
    const { stores } = this.#options;
    const [sight, pasts, asked] = await Promise.all([
      workload ?? this.#readWorkload(halt, stores, "memory"),
      this.#readPasts(halt, stores),
      isDeciding(halt) ? this.#others.askStrangers(halt, stores) : [],
    ]);
    return () => this.#look(halt, { from: "memory", stores, workload: sight, pasts, asked, judged });
  }

  /**
   * The same from what the nodes and the API server say now: policies, pod, workload and siblings are read for it. The
   * workload is asked for at the same time as the pod, by what is remembered of that, and once more if that pod is another one, or
   * another's, or the policy is not the one that was remembered.
   */
  async readOnServer(halt: NodeHalt): Promise<() => Observation> {
    const { server, stores: known, strangers } = this.#options;
    const since = strangers.now();
    this.#askEarly(halt, since);
    await this.#refreshStatuses(halt);
    // Before the pod is read, which then tells whether that log is of its newest run.
    await this.#readLogsAgain(halt);
    // What is remembered may change while the workload is read by it.
    const facts = targetFactsOf(halt, known);
    const [{ stores, catchUp }, early] = await Promise.all([
      readServerView(server, halt, known),
      this.#readWorkload(halt, known, "server"),
    ]);
    const readFor = targetFactsOf(halt, stores);
    const hasChanged = facts !== readFor;
    const [workload, pasts, asked] = await Promise.all([
      hasChanged ? this.#readWorkload(halt, stores, "server") : early,
      this.#readPasts(halt, stores),
      this.#others.askStrangers(halt, stores, since),
    ]);
    return () => {
      catchUp();
      if (targetFactsOf(halt, stores) !== readFor)
        throw new ControllerError(
          "conflict",
          `the workload of ${keyOf(halt)} was read for another pod or policy`,
        );
      return this.#look(halt, { from: "server", stores, workload, pasts, asked });
    };
  }

  /** Whether nobody but another pod, with the address of this one, may have announced the halt that is seen there. */
  mayBeAnnouncedByAnother(...args: Parameters<OtherPods["mayBeAnnouncedByAnother"]>): boolean {
    return this.#others.mayBeAnnouncedByAnother(...args);
  }

  /** Begins to ask, while a halt is being recorded, who will be asked about it. */
  askAhead(halt: NodeHalt): void {
    this.#askEarly(halt);
  }

  /**
   * Whoever is still to be asked when all else is known has answered by then. To find out who that is takes time, and a client
   * writes its requests once the present turn is over: those that are made in it go first.
   */
  #askEarly(halt: NodeHalt, since?: number): void {
    setTimeout(() => this.#others.askStrangers(halt, this.#options.stores, since).catch(() => {}), 0);
  }

  /** A node that announced its halt may be at work again, and so may a sibling that did: each is asked, if it serves. */
  async #refreshStatuses(halt: NodeHalt): Promise<void> {
    const keys = this.#knownPodsOf(halt).map(keyOf);
    await Promise.all(keys.map((key) => this.#options.statuses.refresh(key)));
  }

  /** What was inferred from a log rests on what that says at the moment of the act: of the halted pod, and of its siblings. */
  async #readLogsAgain(halt: NodeHalt): Promise<void> {
    const { stores, logs } = this.#options;
    if (!isInferred(halt.status?.seen?.sources ?? [])) return;
    const policy = policyOf(halt, stores);
    if (policy === undefined) return;
    await Promise.all(
      this.#knownPodsOf(halt).map(async (pod) => {
        const source = logSourceOf(pod, policy.spec, liveOf(pod, this.#options.statuses));
        if (source === undefined) logs.forget(keyOf(pod));
        else await logs.readAgain(keyOf(pod), source);
      }),
    );
  }

  /**
   * The pod of a halt and its siblings, as far as they are known: none while that pod is gone. Those of an owner of several nodes
   * are found by their policy.
   */
  #knownPodsOf(halt: NodeHalt, stores: Stores = this.#options.stores): readonly Pod[] {
    const { pods } = stores;
    const pod = pods.get(podKeyOf(halt));
    const policy = policyOf(halt, stores);
    const { workload } = halt.spec;
    const isOfOwner = workload !== undefined && isOwnerIn(policy?.spec.target.customResource, workload);
    const owner = pod && controllerRefOf(pod);
    const others = isOfOwner
      ? podsUnder(policy, stores)
      : owner === undefined
        ? []
        : pods.under(podsOf.controller(owner.uid));
    return [...new Set(pod === undefined ? others : [pod, ...others])];
  }

  #look(halt: NodeHalt, { from, stores, workload, pasts, asked, judged }: Readings): Observation {
    const now = this.#options.now();
    const pod = currentPod(halt, workload, stores);
    const past = pasts.get(pod?.metadata.uid);
    const labels = podLabelsIn(workload, halt.spec.podName);
    const { policy, selected } = governanceOf(halt, stores, { pod, labels });
    const node = pod && judgedNode(pod, policy, liveOf(pod, this.#options.statuses), judged);
    const beside = pod && this.#others.hidingRecovery(pod, halt, stores);
    const recorded = this.#options.seenWhenRecorded(halt);
    const shown = (node && seenOf(halt, node, now)) ?? recorded;
    const seen = halt.status?.seen ?? shown;
    return {
      from,
      halt,
      policy,
      selected,
      seen: shown,
      setWasRefused: this.#options.setWasRefused(halt),
      recommendation:
        policy &&
        seen &&
        recommendFor({ spec: halt.spec, seen }, policy.spec, {
          previousImage: past && this.#previousImage(halt, seen, past, policy),
          ...shownBy(halt, node),
        }),
      workload,
      pod:
        node === undefined
          ? { kind: "gone" }
          : podSightOf(halt, node, now, journalsOf(node.pod, stores), beside),
      ...(from === "server" || isDeciding(halt)
        ? this.#others.around(halt, { policy, pod, workload, stores, asked, pasts, now })
        : NOBODY_ELSE),
      recoverWithinMs: this.#options.timer.leftOf(halt, isStopped(halt, policy)),
      now,
    };
  }

  /**
   * A node that recovers is watched by its height; asking for its workload each time would be many requests. A
   * Deployment is asked all the same: only its ReplicaSets tell which pod is the new one. So is a custom resource until the
   * node has recovered: somebody may write its image back. So is any whose pod is gone with its policy: its template tells who
   * governs it now. For an act it is always read.
   */
  async #readWorkload(halt: NodeHalt, stores: Stores, from: Observation["from"]): Promise<WorkloadSight> {
    const { workloads } = this.#options;
    const { policy, selected } = governanceOf(halt, stores);
    const target = targetOf(halt, stores);
    const isGoverned = stores.pods.get(podKeyOf(halt)) !== undefined || (policy !== undefined && selected);
    const isWatched = hasEnded(halt) || halt.status?.phase === "Recovering";
    const { apiVersion, kind: workloadKind } = halt.spec.workload ?? { apiVersion: "apps/v1" };
    const isAsked = workloadKind === "Deployment" || (apiVersion !== "apps/v1" && !hasEnded(halt));
    if (from === "memory" && isWatched && isGoverned && !isAsked) return NOT_ASKED;
    if (target !== undefined) {
      const { kind, name } = target.ref;
      return await orUnreadable(workloads.read(target), `${kind} ${name}`, this.#stoodMs(halt));
    }
    const what = `The owner of pod ${halt.spec.podName}`;
    const pod = stores.pods.get(podKeyOf(halt));
    if (pod === undefined || policy === undefined) return { kind: "missing", what };
    const lineage = workloads.ofPolicy(policy.spec).find(pod, policy.spec.target.customResource);
    return await orUnreadable(
      lineage.then((found) => {
        const why = found.kind === "none" ? found.why : "It was not proven when the halt was recorded.";
        return { kind: "disowned", what, why };
      }),
      what,
      this.#stoodMs(halt),
    );
  }

  /** For how long the journal has stood where it stands. */
  #stoodMs({ spec, status }: NodeHalt): number {
    return Math.abs(this.#options.now() - Date.parse(status?.steps?.at(-1)?.at ?? spec.detectedAt));
  }

  /**
   * What was recorded of a node whose binary is too new and of its siblings, and what the API server keeps of their templates. Nothing
   * while there is no pod.
   */
  async #readPasts(halt: NodeHalt, stores: Stores): Promise<Pasts> {
    const isTooNew = parseReasonToken(halt.spec.reason) === ShutdownReason.BinaryTooNew;
    if (!isTooNew || stores.pods.get(podKeyOf(halt)) === undefined || hasEnded(halt)) return new Map();
    return await readPasts(this.#knownPodsOf(halt, stores), {
      recordOf: (pod) => this.#options.recorder.recordOf(pod),
      readRevision: (pod, name) => this.#readRevision(halt, pod, name),
    });
  }

  /** A revision that nobody may read proves no image: the halt is told of all the same. */
  #readRevision(halt: NodeHalt, pod: Pod, name: string): Promise<TemplateRevision | undefined> {
    return readRevision(this.#options.server.api, pod, name, halt.spec.container).catch((error: unknown) => {
      if (!isSettledRefusal(error, this.#stoodMs(halt))) throw error;
      return undefined;
    });
  }

  /** The image to go back to. */
  #previousImage(halt: NodeHalt, seen: Seen, past: Past, { spec }: HaltPolicy): string | undefined {
    const journals = haltsOfNode(podKeyOf(halt), halt.spec, this.#options.stores.halts);
    return previousImage({ halt: haltedRun(halt.spec, seen), journals, policy: spec, ...past });
  }
}

/** The pods that a policy governs. */
function podsUnder(policy: HaltPolicy | undefined, stores: Stores): readonly Pod[] {
  if (policy === undefined) return [];
  const { namespace = "", name } = policy.metadata;
  const policies = stores.policies.under(namespace);
  return stores.pods.under(namespace).filter((pod) => governingPolicy(pod, policies)?.metadata.name === name);
}

/** The pod of the halt's name; a Deployment names its pods anew: the newest of them. */
function currentPod(halt: NodeHalt, workload: WorkloadSight, stores: Stores): Pod | undefined {
  const named = stores.pods.get(podKeyOf(halt));
  if (named !== undefined || workload.kind !== "found") return named;
  if (halt.spec.workload?.kind !== "Deployment") return undefined;
  return newestOf(workload.groups.flatMap(({ uid }) => stores.pods.under(podsOf.controller(uid))));
}

/** The journals of a pod's name. */
function journalsOf(pod: Pod, { halts }: Stores): readonly NodeHalt[] {
  return halts.under(haltsOf.pod(keyOf(pod)));
}

/** What one look is made of. */
interface Readings {
  readonly from: Observation["from"];
  readonly stores: Stores;
  readonly workload: WorkloadSight;
  readonly pasts: Pasts;
  readonly asked: readonly Asked[];
  /** The judgement that the reconcile began with: it stands while nothing that it rests on has changed. */
  readonly judged?: JudgedNode | undefined;
}

/** What the pod that halted says now, or one that was made anew in its place and shows the same halt. */
function shownBy(
  halt: NodeHalt,
  node: JudgedNode | undefined,
): { readonly seen?: Verdict; readonly isMadeAnew?: boolean } {
  const { name, uid } = node?.pod.metadata ?? {};
  if (node === undefined || name !== halt.spec.podName) return {};
  if (uid === halt.spec.podUID) return { seen: node.verdict };
  return isSameHalt(halt, node) ? { seen: node.verdict, isMadeAnew: true } : {};
}

function isDeciding(halt: NodeHalt): boolean {
  return !hasEnded(halt) && !isSwapping(halt);
}

/** All that a reading of the workload takes from these stores: which pod it is and whose, and where the policy says the image is. */
function targetFactsOf(halt: NodeHalt, stores: Stores): string {
  const pod = stores.pods.get(podKeyOf(halt));
  const policy = policyOf(halt, stores);
  return JSON.stringify([pod && provenanceOf(pod), policy?.metadata.uid, policy?.spec.target]);
}

function targetOf(halt: NodeHalt, stores: Stores): WorkloadTarget | undefined {
  const { metadata, spec } = halt;
  if (spec.workload === undefined) return undefined;
  const { workload: ref, container } = spec;
  const pod = stores.pods.get(podKeyOf(halt));
  return { namespace: namespaceOf({ metadata }), ref, container, policy: policyOf(halt, stores), pod };
}
