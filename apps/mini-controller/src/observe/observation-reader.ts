import type { Verdict } from "@upgrade-halt/consumer";
import { parseReasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { hasEnded, isAborted, isSwapping, type NodeHalt, type Seen } from "../api/node-halt.ts";
import type { SlotBook } from "../journal/slot-book.ts";
import { type JudgedNode, judgedNode } from "../judge/judged-node.ts";
import { isInferred, judgePod, type RecordedHalt, recommendFor } from "../judge/judgement.ts";
import { logSourceOf } from "../judge/log-source.ts";
import { isOpen } from "../judge/same-halt.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { keyOf } from "../kube/store.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import { type KnownPod, storageLookupsOf, type Twin, twinsOf } from "../model/identity.ts";
import type { LiveStatus } from "../model/live-status.ts";
import { containerOf, containerStatusOf, type Pod, portOf } from "../model/pod.ts";
import {
  governanceOf,
  haltsOf,
  podKeyOf,
  podsOf,
  policyKeyOf,
  policyOf,
  type Stores,
} from "../model/stores.ts";
import type { WorkloadSight } from "../model/workload-sight.ts";
import { readRevision, revisionNameOf } from "../workloads/template-revision.ts";
import type { WorkloadTarget } from "../workloads/workload.ts";
import type { Workloads } from "../workloads/workloads.ts";
import type { LogReader } from "./log-reader.ts";
import type { NodeRecorder } from "./node-recorder.ts";
import type { Neighbours, Observation } from "./observation.ts";
import { podSightOf, seenOf } from "./pod-sight.ts";
import { previousImage, type RanBefore } from "./previous-image.ts";
import { isStopped, type RecoveryTimer } from "./recovery-timer.ts";
import { readServerView, type Server } from "./server-view.ts";
import { type Sibling, siblingsOf } from "./siblings.ts";
import type { StatusWatch } from "./status-watch.ts";
import {
  type Asked,
  lookalikeOf,
  type NodeTraits,
  type Strangers,
  strangersAmong,
  traitsOf,
} from "./strangers.ts";

export interface ObservationReaderOptions {
  readonly server: Server;
  readonly recorder: NodeRecorder;
  readonly strangers: Strangers;
  readonly setWasRefused: (halt: NodeHalt) => boolean;
  readonly seenWhenRecorded: (halt: NodeHalt) => Seen | undefined;
  readonly stores: Stores;
  readonly workloads: Workloads;
  readonly statuses: StatusWatch;
  readonly logs: LogReader;
  readonly slots: SlotBook;
  readonly timer: RecoveryTimer;
  readonly now: () => number;
}

const NOT_ASKED: WorkloadSight = { kind: "not-asked" };

/** Gathers what a decision about one halt rests on. */
export class ObservationReader {
  readonly #options: ObservationReaderOptions;

  constructor(options: ObservationReaderOptions) {
    this.#options = options;
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
    const [sight, past, asked] = await Promise.all([
      workload ?? this.#readWorkload(halt, stores, "memory"),
      this.#readPast(halt, stores),
      isDeciding(halt) ? this.#askStrangers(halt, stores) : [],
    ]);
    return () => this.#look(halt, { from: "memory", stores, workload: sight, past, asked, judged });
  }

  /**
   * The same from what the nodes and the API server say now: policies, pod, workload and siblings are read for it. The
   * workload is asked for at the same time as the pod, by what is remembered of that, and once more if the pod has changed.
   */
  async readOnServer(halt: NodeHalt): Promise<() => Observation> {
    const { server, stores: known } = this.#options;
    await this.#refreshStatuses(halt);
    // Before the pod is read, which then tells whether that log is of its newest run.
    await this.#readLogsAgain(halt);
    const [stores, early] = await Promise.all([
      readServerView(server, halt, known),
      this.#readWorkload(halt, known, "server"),
    ]);
    const hasChanged = versionOf(halt, known) !== versionOf(halt, stores);
    const [workload, past, asked] = await Promise.all([
      hasChanged ? this.#readWorkload(halt, stores, "server") : early,
      this.#readPast(halt, stores),
      this.#askStrangers(halt, stores),
    ]);
    return () => this.#look(halt, { from: "server", stores, workload, past, asked });
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
        const source = logSourceOf(pod, policy.spec, this.#liveOf(pod));
        if (source === undefined) logs.forget(keyOf(pod));
        else await logs.readAgain(keyOf(pod), source);
      }),
    );
  }

  /** The pod of a halt and its siblings, as far as they are known: none while that pod is gone. */
  #knownPodsOf(halt: NodeHalt): readonly Pod[] {
    const { pods } = this.#options.stores;
    const pod = pods.get(podKeyOf(halt));
    const owner = pod && controllerRefOf(pod);
    const others = owner === undefined ? [] : pods.under(podsOf.controller(owner.uid));
    return [...new Set(pod === undefined ? others : [pod, ...others])];
  }

  #look(halt: NodeHalt, { from, stores, workload, past, asked, judged }: Readings): Observation {
    const { policy, selected } = governanceOf(halt, stores);
    const now = this.#options.now();
    const pod = currentPod(halt, workload, stores);
    const node = pod && judgedNode(pod, policy, this.#liveOf(pod), judged);
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
          previousImage: past && this.#previousImage(halt, past, policy),
          seen: verdictOfHalted(halt, node),
        }),
      workload,
      pod: node === undefined ? { kind: "gone" } : podSightOf(halt, node),
      ...(from === "server" || isDeciding(halt)
        ? {
            neighbours: this.#neighbours(halt),
            siblings: this.#siblings(halt, policy, { workload, stores, asked }),
            twins: this.#twins(pod, halt, stores, asked),
            strangers: strangersAmong(asked, pod && this.#liveOf(pod)?.validatorAddress),
          }
        : NOBODY_ELSE),
      recoverWithinMs: this.#options.timer.leftOf(halt, isStopped(halt, policy)),
      now,
    };
  }

  /**
   * A node that recovers is watched by its height; asking for its workload each time would be many requests. A
   * Deployment is asked all the same: only its ReplicaSets tell which pod is the new one. For an act it is always read.
   */
  async #readWorkload(halt: NodeHalt, stores: Stores, from: Observation["from"]): Promise<WorkloadSight> {
    const { workloads } = this.#options;
    const policy = policyOf(halt, stores);
    const target = targetOf(halt, stores);
    const isWatched = hasEnded(halt) || halt.status?.phase === "Recovering";
    if (from === "memory" && isWatched && halt.spec.workload?.kind !== "Deployment") return NOT_ASKED;
    if (target !== undefined) return await workloads.ofRef(target.ref).read(target);
    const what = `The owner of pod ${halt.spec.podName}`;
    const pod = stores.pods.get(podKeyOf(halt));
    if (pod === undefined || policy === undefined) return { kind: "missing", what };
    const lineage = await workloads.ofPolicy(policy.spec).find(pod, policy.spec.target.customResource);
    const why = lineage.kind === "none" ? lineage.why : "It was not proven when the halt was recorded.";
    return { kind: "disowned", what, why };
  }

  /**
   * What was recorded of a node whose binary is too new, and what the API server keeps of the templates of its pods. Nothing
   * while there is no pod.
   */
  async #readPast(halt: NodeHalt, stores: Stores): Promise<Past | undefined> {
    const pod = stores.pods.get(podKeyOf(halt));
    const isTooNew = parseReasonToken(halt.spec.reason) === ShutdownReason.BinaryTooNew;
    if (!isTooNew || pod === undefined || hasEnded(halt)) return undefined;
    const { server, recorder } = this.#options;
    const record = recorder.recordOf(pod)?.status;
    const names = [revisionNameOf(pod), record?.images?.[0]?.revision] as const;
    const [present, former] = await Promise.all(
      names.map((name) => name && readRevision(server.api, pod, name, halt.spec.container)),
    );
    return { record, lineage: { pod, present: present || undefined, former: former || undefined } };
  }

  /** The image to go back to. */
  #previousImage(halt: NodeHalt, { record, lineage }: Past, { spec }: HaltPolicy): string | undefined {
    const journals = this.#options.stores.halts.under(haltsOf.pod(podKeyOf(halt)));
    return previousImage({ halt, record, journals, policy: spec, lineage });
  }

  #siblings(
    halt: NodeHalt,
    policy: HaltPolicy | undefined,
    { workload, stores, asked }: Pick<Readings, "workload" | "stores" | "asked">,
  ): readonly Sibling[] {
    if (policy === undefined || workload.kind !== "found") return [];
    return siblingsOf(
      halt.spec,
      workload.groups,
      (uid) => stores.pods.under(podsOf.controller(uid)),
      (pod) => {
        const [live, recorded] = [this.#liveOf(pod), this.#recordedOf(pod, policy)];
        return {
          verdict: judgePod(pod, policy.spec, live, recorded),
          height: live?.height ?? recorded?.seen.height,
          mayInfer: policy.spec.inferredHalts === "Act",
          twins: this.#twins(pod, halt, stores, asked),
          heldBack: heldBack(pod, policy, stores),
        };
      },
    );
  }

  /** What was seen of a pod's halt, while no process of it runs: what it says as it restarts is still that halt. */
  #recordedOf(pod: Pod, policy: HaltPolicy): RecordedHalt | undefined {
    const { namespace, name, uid } = pod.metadata;
    if (containerStatusOf(pod, policy.spec.container)?.state?.running !== undefined) return undefined;
    for (const halt of this.#options.stores.halts.under(haltsOf.pod(`${namespace}/${name}`))) {
      const { spec, status } = halt;
      if (spec.podUID === uid && status?.seen !== undefined && isOpen(halt))
        return { spec, seen: status.seen };
    }
    return undefined;
  }

  /**
   * What the pods of the namespace answer that look like the node that halted, and that nobody watches: no policy selects
   * them, or they have no such container or port as it names.
   */
  async #askStrangers(halt: NodeHalt, stores: Stores): Promise<readonly Asked[]> {
    const { strangers, stores: known } = this.#options;
    const pod = stores.pods.get(podKeyOf(halt));
    if (pod === undefined) return [];
    const { namespace = "", uid } = pod.metadata;
    const find = () => {
      const policies = stores.policies.under(namespace);
      return stores.pods
        .under(namespace)
        .filter((other) => !isWatched(other, governingPolicy(other, policies)));
    };
    const unselected = stores === known ? strangers.remembered(namespace, find) : find();
    const traits = this.#traitsOf(pod, halt, stores);
    const lookalikes = unselected.flatMap((other) =>
      other.metadata.uid === uid ? [] : (lookalikeOf(other, traits) ?? []),
    );
    const asked = await strangers.ask(lookalikes, traits);
    const policies = stores.policies.under(namespace);
    // A selected node that serves no `/status`, such as a seed node, is silent for good.
    return asked.filter(
      ({ pod, said }) => said.kind !== "silent" || governingPolicy(pod, policies) === undefined,
    );
  }

  #traitsOf(pod: Pod, halt: NodeHalt, stores: Stores): NodeTraits {
    const policy = policyOf(halt, stores)?.spec;
    return traitsOf(pod, halt.spec.container, policy?.rpcPort ?? "rpc");
  }

  /** `stores` has the pod's namespace; what is known of other namespaces is the controller's own copies. */
  #twins(pod: Pod | undefined, halt: NodeHalt, stores: Stores, asked: readonly Asked[]): readonly Twin[] {
    if (pod === undefined) return [];
    const { stores: known, statuses } = this.#options;
    const { namespace = "" } = pod.metadata;
    const pods = (value: string) => [
      ...stores.pods.under(value),
      ...known.pods.under(value).filter(({ metadata }) => metadata.namespace !== namespace),
    ];
    const traits = this.#traitsOf(pod, halt, stores);
    const answers = new Map(asked.map(({ pod, said }) => [pod.metadata.uid, said]));
    const introduced = (one: Pod): KnownPod => {
      const said = answers.get(one.metadata.uid);
      const told = said?.kind === "node" ? said.validatorAddress : undefined;
      return {
        pod: one,
        validatorAddress: told ?? this.#liveOf(one)?.validatorAddress,
        looksLikeNode: lookalikeOf(one, traits) !== undefined,
      };
    };
    const self = introduced(pod);
    const near = storageLookupsOf(pod).flatMap((storage) => pods(podsOf.storage(storage)));
    const far = statuses
      .keysOfValidator(self.validatorAddress)
      .flatMap((key) => (key.startsWith(`${namespace}/`) ? stores : known).pods.get(key) ?? []);
    const all = [...near, ...far, ...asked.map((one) => one.pod)];
    const others = new Map(all.map((other) => [other.metadata.uid, other]));
    return twinsOf(self, [...others.values()].map(introduced));
  }

  #liveOf({ metadata: { namespace, name, uid } }: Pod): LiveStatus | undefined {
    return this.#options.statuses.get(`${namespace}/${name}`, uid);
  }

  /** The journal whose swap brought the image that `halt` is about: it fails, and is paged for, itself. */
  #toldBy({ metadata, spec }: NodeHalt): string | undefined {
    const key = `${metadata.namespace ?? ""}/${spec.podName}`;
    return this.#options.stores.halts
      .under(haltsOf.pod(key))
      .find(
        (other) =>
          isOpen(other) &&
          other.status?.toImage === spec.image &&
          other.spec.reason === spec.reason &&
          other.spec.planName === spec.planName,
      )?.metadata.name;
  }

  #neighbours(halt: NodeHalt): Neighbours {
    const { stores, slots } = this.#options;
    const policy = policyKeyOf(halt);
    const failed = new Set(stores.halts.under(haltsOf.failed(policy)).map(({ spec }) => spec.podName)).size;
    const swapping = slots.takenByOthers(policy, halt.spec.podName);
    return { swapping, failed, toldBy: this.#toldBy(halt) };
  }
}

/** Only a decision asks for them: counting is not for every look of a thousand halts at once. */
const NOBODY_ELSE: Pick<Observation, "neighbours" | "siblings" | "twins" | "strangers"> = {
  neighbours: { swapping: 0, failed: 0, toldBy: undefined },
  siblings: [],
  twins: [],
  strangers: [],
};

/** The pod of the halt's name; where a workload names pods anew, the newest of its pods. */
function currentPod(halt: NodeHalt, workload: WorkloadSight, stores: Stores): Pod | undefined {
  const named = stores.pods.get(podKeyOf(halt));
  if (named !== undefined || workload.kind !== "found") return named;
  return workload.groups
    .filter(({ podNames }) => podNames.length === 0)
    .flatMap(({ uid }) => stores.pods.under(podsOf.controller(uid)))
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .toSorted((a, b) =>
      (a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? 1 : -1,
    )[0];
}

/** Whether the pod's `/status` is read as its policy says where that is. */
function isWatched(pod: Pod, policy: HaltPolicy | undefined): boolean {
  if (policy === undefined) return false;
  const { container, rpcPort } = policy.spec;
  return portOf(containerOf(pod, container), rpcPort) !== undefined;
}

/** Why nothing may be done to a pod of the halted one's workload: what is done to its template is done to it too. */
function heldBack(pod: Pod, policy: HaltPolicy, stores: Stores): string | undefined {
  const { namespace = "", name, uid } = pod.metadata;
  const own = governingPolicy(pod, stores.policies.under(namespace));
  if (own === undefined) return "is selected by no policy";
  if (own.metadata.name !== policy.metadata.name) return `is governed by HaltPolicy ${own.metadata.name}`;
  const halts = stores.halts.under(haltsOf.pod(`${namespace}/${name}`));
  return halts.some((halt) => halt.spec.podUID === uid && isOpen(halt) && isAborted(halt))
    ? "has a halt that a person aborted"
    : undefined;
}

/** What one look is made of. */
interface Readings {
  readonly from: Observation["from"];
  readonly stores: Stores;
  readonly workload: WorkloadSight;
  readonly past: Past | undefined;
  readonly asked: readonly Asked[];
  /** The judgement that the reconcile began with: it stands while nothing that it rests on has changed. */
  readonly judged?: JudgedNode | undefined;
}

/** What is known of the image that ran before. */
type Past = Pick<RanBefore, "record" | "lineage">;

/** What the very pod that halted says now. */
function verdictOfHalted({ spec }: NodeHalt, node: JudgedNode | undefined): Verdict | undefined {
  const { name, uid } = node?.pod.metadata ?? {};
  return name === spec.podName && uid === spec.podUID ? node?.verdict : undefined;
}

function isDeciding(halt: NodeHalt): boolean {
  return !hasEnded(halt) && !isSwapping(halt);
}

/** Which version of the node's pod these stores have. */
function versionOf(halt: NodeHalt, stores: Stores): string | undefined {
  return stores.pods.get(podKeyOf(halt))?.metadata.resourceVersion;
}

function targetOf(halt: NodeHalt, stores: Stores): WorkloadTarget | undefined {
  const { metadata, spec } = halt;
  if (spec.workload === undefined) return undefined;
  const { workload: ref, container } = spec;
  const pod = stores.pods.get(podKeyOf(halt));
  return { namespace: metadata.namespace ?? "", ref, container, policy: policyOf(halt, stores), pod };
}
