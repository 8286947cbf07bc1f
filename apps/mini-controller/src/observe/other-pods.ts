import { keyOf } from "@upgrade-halt/kube";
import { DEFAULT_RPC_PORT, type HaltPolicy } from "../api/halt-policy.ts";
import {
  hasEnded,
  hasStandingPage,
  isAborted,
  isSwapping,
  type NodeHalt,
  type Seen,
} from "../api/node-halt.ts";
import { timestamp } from "../journal/journal-entry.ts";
import { isJournal } from "../journal/journal-name.ts";
import type { SlotBook } from "../journal/slot-book.ts";
import type { JudgedNode } from "../judge/judged-node.ts";
import { judgePod, type RecordedHalt } from "../judge/judgement.ts";
import { type ToldHalt, tellsInOwnLog } from "../judge/log-evidence.ts";
import { haltsOfPodsBefore, isAbortedHalt, isOpen, isSameHalt } from "../judge/same-halt.ts";
import { controllerRefOf } from "../kube/owner-reference.ts";
import { namespaceOf } from "../kube/paths.ts";
import { answeringKey, policyOf } from "../model/governance.ts";
import { governingPolicy } from "../model/governing-policy.ts";
import { addressesOf } from "../model/live-status.ts";
import {
  containerOf,
  containerStatusOf,
  ephemeralContainersOf,
  mayRun,
  mayServe,
  type Pod,
  portOf,
} from "../model/pod.ts";
import { type KnownPod, successorOf, type Twin, twinsOf } from "../model/same-validator.ts";
import { storageLookupsOf } from "../model/storages.ts";
import {
  haltsOf,
  haltsOfNode,
  podKeyOf,
  podsOf,
  podsOfRecord,
  recordsOf,
  type Stores,
} from "../model/stores.ts";
import { failuresUnder } from "../model/swaps-under.ts";
import { podSpecFor, type WorkloadSight } from "../model/workload-sight.ts";
import type { NodeRecorder } from "./node-recorder.ts";
import type { Neighbours, Observation } from "./observation.ts";
import type { Pasts } from "./pasts.ts";
import { haltedRun, previousImage } from "./previous-image.ts";
import { standsStill } from "./recovery-timer.ts";
import { declaresAnotherPort, podsAtAddressOf, showsNoNode } from "./shared-address.ts";
import { type Sibling, siblingsOf } from "./siblings.ts";
import { isStarting, startingNodes } from "./starting-nodes.ts";
import { liveOf, type StatusWatch } from "./status-watch.ts";
import {
  type Asked,
  foundShared,
  type Lookalike,
  lookalikeOf,
  lookalikesOf,
  type NodeTraits,
  ofSharedAddress,
  othersBeside,
  type Stranger,
  type Strangers,
  strangersAmong,
  traitsOf,
} from "./strangers.ts";

/** What `OtherPods` reads from. */
export interface OtherPodsOptions {
  readonly stores: Stores;
  readonly statuses: StatusWatch;
  readonly strangers: Strangers;
  readonly recorder: NodeRecorder;
  readonly slots: SlotBook;
}

/** How the pods beside the halted one stand. */
export type Around = Pick<Observation, "neighbours" | "siblings" | "twins" | "strangers">;

/** The pod that halted, and what was read for it. */
interface HaltedPod {
  readonly policy: HaltPolicy | undefined;
  readonly pod: Pod | undefined;
  readonly workload: WorkloadSight;
  readonly stores: Stores;
  readonly asked: readonly Asked[];
  readonly pasts: Pasts;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Looks at the pods beside the one that halted: those of its template, of its validator, and of nobody known. */
export class OtherPods {
  readonly #options: OtherPodsOptions;

  constructor(options: OtherPodsOptions) {
    this.#options = options;
  }

  /** How the others stand now. */
  around(halt: NodeHalt, halted: HaltedPod): Around {
    const { policy, pod, workload, stores, now } = halted;
    const { statuses } = this.#options;
    const isOwn = (one: Asked) => one.pod.metadata.uid === pod?.metadata.uid;
    const asked = halted.asked.filter((one) => !isOwn(one) && !one.hasEnded && !one.isAnyProgram);
    const beyond = halted.asked.filter(answersAsNode);
    const beside = asked.length === 0 ? [] : this.#allPods(namespaceOf(halt), stores);
    const traits = pod && this.#traitsOf(pod, halt, stores);
    return {
      neighbours: this.#neighbours(halt, policy, workload),
      siblings: this.#siblings(halt, policy, { ...halted, asked }, beyond),
      twins: this.#twins(pod, halt, { ...halted, asked }),
      strangers: [
        ...(pod === undefined ? [] : runByHand(pod)),
        ...(pod === undefined ? [] : this.#answeringInstead(pod, halt, stores)),
        ...halted.asked
          .filter(isOwn)
          .flatMap((one) => besideHalted(one, stores, now, pod && this.#atAddressWith(pod, halt, stores))),
        ...strangersAmong(
          asked.flatMap((one) =>
            withoutSeeds(traits === undefined ? one : ofSharedAddress(one, beside, traits), stores, now),
          ),
          pod && liveOf(pod, statuses)?.validatorAddress,
        ),
        ...(pod === undefined || traits === undefined
          ? []
          : startingNodes(
              pod,
              traits,
              stores,
              (other) => liveOf(other, statuses),
              now,
              (key) => statuses.watchedMs(key),
            )),
      ],
    };
  }

  /** Those of the namespace, and of others what is known of them. */
  #allPods(namespace: string, stores: Stores): readonly Pod[] {
    const far = [...this.#options.stores.pods.values()];
    return [...stores.pods.under(namespace), ...far.filter((pod) => pod.metadata.namespace !== namespace)];
  }

  #siblings(
    halt: NodeHalt,
    policy: HaltPolicy | undefined,
    halted: HaltedPod,
    answering: readonly Asked[],
  ): readonly Sibling[] {
    const { workload, stores } = halted;
    if (policy === undefined || workload.kind !== "found") return [];
    return siblingsOf(
      halt.spec,
      workload.groups,
      (uid) => stores.pods.under(podsOf.controller(uid)),
      (pod) => {
        const [live, recorded] = [liveOf(pod, this.#options.statuses), this.#recordedOf(pod, policy)];
        const verdict = judgePod(pod, policy.spec, live, recorded);
        const seen = recorded?.seen ?? this.#seenBefore({ pod, policy, live, verdict }, policy);
        return {
          verdict,
          height: live?.height ?? seen?.height,
          mayInfer: policy.spec.inferredHalts === "Act",
          twins: this.#twins(pod, halt, halted),
          ranBefore: this.#ranBefore(pod, halt, policy, halted),
          heldBack:
            foundBeyond(answering.find((one) => one.pod.metadata.uid === pod.metadata.uid)) ??
            this.#answeringInstead(pod, halt, stores).map((one) => foundShared(one.pod))[0] ??
            heldBack(pod, policy, halt, stores),
        };
      },
    );
  }

  /** What a sibling would go back to, proven as it is of the pod that halted: of the run of its own halt. */
  #ranBefore(
    pod: Pod,
    halt: NodeHalt,
    { spec: policy }: HaltPolicy,
    { pasts, now }: Pick<HaltedPod, "pasts" | "now">,
  ): string | undefined {
    const { container } = halt.spec;
    const past = pasts.get(pod.metadata.uid);
    const image = containerOf(pod, container)?.image;
    if (past === undefined || image === undefined) return undefined;
    const journals = haltsOfNode(keyOf(pod), halt.spec, this.#options.stores.halts);
    const own = newestHaltOf(pod, journals);
    const { restartCount } = containerStatusOf(pod, container) ?? {};
    const { uid: podUID = "" } = pod.metadata;
    const shown = own?.spec ?? { podUID, container, image, restartCount };
    // What nobody wrote down to be seen of a halt, is seen now.
    const seen = own?.status?.seen ?? { at: timestamp(now) };
    return previousImage({ halt: haltedRun(shown, seen), journals, policy, ...past });
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
   * What was seen of a pod's halt before it was made anew, where it shows the very same one by itself, and no process of it runs: what
   * it tells is its own, and only where the node was seen, on which chain and at which height, is of the pod before. So it is with the
   * pod that the halt is about.
   */
  #seenBefore(node: JudgedNode, { spec: { chainId, container } }: HaltPolicy): Seen | undefined {
    const { metadata } = node.pod;
    if (containerStatusOf(node.pod, container)?.state?.running !== undefined) return undefined;
    return this.#options.stores.halts
      .under(haltsOf.pod(keyOf(node.pod)))
      .find(
        (halt) =>
          halt.spec.podUID !== metadata.uid &&
          isJournal(halt) &&
          isOpen(halt) &&
          chainId !== undefined &&
          halt.status?.seen?.chainId === chainId &&
          isSameHalt(halt, node),
      )?.status?.seen;
  }

  /**
   * What the pods of the namespace answer that look like the node that halted, and that nobody watches: no policy selects
   * them, or they have no such container or port as it names. What has ended, and what runs beside a node, is asked anew
   * unless it was since that moment.
   */
  async askStrangers(halt: NodeHalt, stores: Stores, since?: number): Promise<readonly Asked[]> {
    const { strangers, stores: known } = this.#options;
    const pod = stores.pods.get(podKeyOf(halt));
    if (pod === undefined) return [];
    const { namespace = "", uid } = pod.metadata;
    const policies = stores.policies.under(namespace);
    const find = () =>
      stores.pods
        .under(namespace)
        .filter((other) => mayHaveUnwatched(other, governingPolicy(other, policies)));
    const unwatched = stores === known ? strangers.remembered(namespace, find) : find();
    const traits = this.#traitsOf(pod, halt, stores);
    const lookalikes = unwatched.flatMap((other) => {
      const watched =
        other.metadata.uid === uid
          ? halt.spec.container
          : watchedContainer(other, governingPolicy(other, policies));
      return lookalikesOf(other, traits).filter(({ container }) => container.name !== watched);
    });
    const around = controlledWith(pod, stores);
    const others = around.flatMap((one) => othersBeside(one, halt.spec.container, traits));
    const [beside, ended, ofOthers] = await Promise.all([
      strangers.ask(lookalikes, traits),
      strangers.ask(endedAmong(around, halt.spec.container), traits, since, EACH),
      strangers.ask(others, traits, since, EACH),
    ]);
    return [...beside, ...ended.map((one) => ({ ...one, hasEnded: true }) as const), ...ofOthers];
  }

  /**
   * Another pod that may be who announces a halt at the address of this one, whose process runs and says nothing of it in its own
   * log: whatever ports it declares, as that is its author's word. An exit code is of a run before.
   */
  #announcingInstead(pod: Pod, halt: ToldHalt, traits: NodeTraits, stores: Stores): Pod | undefined {
    const isRunning = containerStatusOf(pod, halt.container)?.state?.running !== undefined;
    if (!isRunning || tellsInOwnLog(pod, halt, liveOf(pod, this.#options.statuses))) return undefined;
    return podsAtAddressOf(pod, traits, stores.pods, this.#options.stores.pods)[0];
  }

  #answeringInstead(pod: Pod, halt: NodeHalt, stores: Stores): readonly Stranger[] {
    const traits = this.#traitsOf(pod, halt, stores);
    const who = this.#announcingInstead(pod, halt.spec, traits, stores);
    const found = `has the address of ${keyOf(pod)}, and may have announced the halt in its place`;
    return who === undefined ? [] : [{ ...atAddressOf(pod, who, traits), found }];
  }

  /** Whether another pod may be who announces this halt at the pod's address. */
  mayBeAnnouncedByAnother(pod: Pod, { spec }: HaltPolicy, halt: Omit<ToldHalt, "container">): boolean {
    const { container, rpcPort } = spec;
    const { stores } = this.#options;
    const traits = traitsOf(pod, container, rpcPort);
    return this.#announcingInstead(pod, { ...halt, container }, traits, stores) !== undefined;
  }

  /** Another pod for which no height that is read at the pod's address tells that the node runs. */
  hidingRecovery(pod: Pod, halt: NodeHalt, stores: Stores): string | undefined {
    const traits = this.#traitsOf(pod, halt, stores);
    const other = this.#answeringBeside(pod, traits, stores).find((one) => !showsNoNode(one, traits));
    return other && keyOf(other);
  }

  /** The other pods that may be who answers at the pod's address: each, unless by its own word it serves another port. */
  #answeringBeside(pod: Pod, traits: NodeTraits, stores: Stores): readonly Pod[] {
    const beside = podsAtAddressOf(pod, traits, stores.pods, this.#options.stores.pods);
    return beside.filter((one) => !declaresAnotherPort(one, traits));
  }

  #atAddressWith(pod: Pod, halt: NodeHalt, stores: Stores): AtAddress | undefined {
    const traits = this.#traitsOf(pod, halt, stores);
    const [other] = this.#answeringBeside(pod, traits, stores);
    return other && atAddressOf(pod, other, traits);
  }

  #traitsOf(pod: Pod, halt: NodeHalt, stores: Stores): NodeTraits {
    const policy = policyOf(halt, stores)?.spec;
    return traitsOf(pod, halt.spec.container, policy?.rpcPort ?? DEFAULT_RPC_PORT);
  }

  /**
   * Of the pod, and of what its template makes in its place. `stores` has the pod's namespace; what is known of other namespaces is the
   * controller's own copies.
   */
  #twins(
    pod: Pod | undefined,
    halt: NodeHalt,
    { workload, stores, asked }: Pick<HaltedPod, "workload" | "stores" | "asked">,
  ): readonly Twin[] {
    if (pod === undefined) return [];
    const template = podSpecFor(workload, pod);
    const successor = template && successorOf(pod, template);
    const { stores: known, statuses } = this.#options;
    const { namespace = "" } = pod.metadata;
    const pods = (value: string) => [
      ...stores.pods.under(value),
      ...known.pods.under(value).filter(({ metadata }) => metadata.namespace !== namespace),
    ];
    const traits = this.#traitsOf(pod, halt, stores);
    const introduced = (one: Pod): KnownPod => {
      const live = liveOf(one, statuses);
      const told = asked.flatMap(({ pod: { metadata }, said }) =>
        metadata.uid === one.metadata.uid && said.kind === "node" ? (said.validatorAddress ?? []) : [],
      );
      return {
        pod: one,
        // A pod of several nodes is each of these validators.
        validatorAddresses: [...(live === undefined ? [] : addressesOf(live)), ...told],
        looksLikeNode: lookalikeOf(one, traits) !== undefined,
      };
    };
    const self = { ...introduced(pod), successor };
    const near = [...storageLookupsOf(pod), ...(successor ? storageLookupsOf(successor) : [])].flatMap(
      (storage) => pods(podsOf.storage(storage)),
    );
    const far = self.validatorAddresses.flatMap((address) =>
      this.#podsOfValidator(address, (other) => (other === namespace ? stores : known)),
    );
    const all = [...near, ...far, ...asked.map((one) => one.pod)];
    const others = new Map(all.map((other) => [other.metadata.uid, other]));
    return twinsOf(self, [...others.values()].map(introduced));
  }

  /** The pods whose node told this validator address: to this process, or to one that wrote it down. */
  #podsOfValidator(address: string, storesOf: (namespace: string) => Stores): readonly Pod[] {
    const { stores, statuses } = this.#options;
    const told = statuses.keysOfValidator(address).flatMap((key) => {
      const [namespace = ""] = key.split("/");
      return storesOf(namespace).pods.get(key) ?? [];
    });
    const recorded = stores.records.under(recordsOf.validator(address)).flatMap((record) => {
      const { pods } = storesOf(namespaceOf(record));
      return podsOfRecord(record, { pods, records: stores.records });
    });
    return [...told, ...recorded];
  }

  /** The journal whose swap brought the image that `halt` is about: it fails, and is paged for, itself. */
  #toldBy(halt: NodeHalt): string | undefined {
    const { spec } = halt;
    return haltsOfNode(podKeyOf(halt), spec, this.#options.stores.halts).find(
      (other) =>
        isOpen(other) &&
        other.status?.toImage === spec.image &&
        other.spec.reason === spec.reason &&
        other.spec.planName === spec.planName,
    )?.metadata.name;
  }

  #neighbours(halt: NodeHalt, governing: HaltPolicy | undefined, workload: WorkloadSight): Neighbours {
    const { stores, slots } = this.#options;
    const policy = answeringKey(halt, governing);
    const failures = failuresUnder(policy, stores);
    const failed = new Set(failures.map(({ spec }) => spec.podName)).size;
    const isUntold = failed > 0 && !failures.some((failure) => isOpen(failure) && hasStandingPage(failure));
    const higher = higherInOrder(workload, halt.spec.podName);
    const taken = slots.takenByOthers(
      policy,
      halt.spec.podName,
      (other) => higher.has(other.spec.podName) && !isMadeAnew(other, stores),
    );
    const stuck = [...taken.values()].flatMap((halts) => {
      const still = halts.find((other) => standsStill(other, policyOf(other, stores)));
      return still?.metadata.name ?? [];
    });
    const told = { toldBy: this.#toldBy(halt), toldBefore: this.#toldBefore(halt, policy) };
    const abortedIn = this.#abortedIn(halt);
    return { swapping: taken.size, stuck: stuck.toSorted(), failed, isUntold, ...told, abortedIn };
  }

  /** The reasons that are told of this halt by a page of a pod before, which stands, and that the same policy answers for. */
  #toldBefore(halt: NodeHalt, policyKey: string): readonly string[] {
    const { stores } = this.#options;
    const { page, reason } =
      haltsOfPodsBefore(halt, stores).find(
        (before) =>
          answeringKey(before, policyOf(before, stores)) === policyKey &&
          hasStandingPage(before) &&
          !hasEnded(before) &&
          !isSwapping(before),
      )?.status ?? {};
    return [page?.reason, reason].flatMap((told) => told ?? []);
  }

  /** A journal that ended, or was withdrawn, says no less what a person wants. */
  #abortedIn(halt: NodeHalt): string | undefined {
    return haltsOfNode(podKeyOf(halt), halt.spec, this.#options.stores.halts).find(
      (other) => other.metadata.name !== halt.metadata.name && isAbortedHalt(other, halt.spec),
    )?.metadata.name;
  }
}

/** Only a decision asks for them: counting is not for every look of a thousand halts at once. */
export const NOBODY_ELSE: Around = {
  neighbours: { swapping: 0, failed: 0, isUntold: false, toldBy: undefined },
  siblings: [],
  twins: [],
  strangers: [],
};

/** The journal of the pod's newest run that halted. */
function newestHaltOf({ metadata: { uid } }: Pod, journals: readonly NodeHalt[]): NodeHalt | undefined {
  const own = journals.filter((halt) => halt.spec.podUID === uid && isJournal(halt));
  return own.toSorted((a, b) => runOf(b) - runOf(a) || 0)[0];
}

function runOf({ spec: { restartCount = Number.POSITIVE_INFINITY } }: NodeHalt): number {
  return restartCount;
}

const EACH = Number.POSITIVE_INFINITY;

/** Names of the pods that the pod's StatefulSet makes only once that one is ready. */
function higherInOrder(workload: WorkloadSight, podName: string): ReadonlySet<string> {
  const groups = workload.kind === "found" ? workload.groups.filter(({ isOrdered }) => isOrdered) : [];
  return new Set(
    groups.flatMap(({ podNames }) => {
      const index = podNames.indexOf(podName);
      return index === -1 ? [] : podNames.slice(index + 1);
    }),
  );
}

/** Whether the pod that the swap was for is there on another image, and to stay. */
function isMadeAnew(halt: NodeHalt, { pods }: Stores): boolean {
  const pod = pods.get(podKeyOf(halt));
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return false;
  return (
    pod.metadata.uid !== halt.spec.podUID && containerOf(pod, halt.spec.container)?.image !== halt.spec.image
  );
}

/** The container whose `/status` is read as the policy says where that is. */
function watchedContainer(pod: Pod, policy: HaltPolicy | undefined): string | undefined {
  if (policy === undefined) return undefined;
  const { container, rpcPort } = policy.spec;
  return portOf(containerOf(pod, container), rpcPort) === undefined ? undefined : container;
}

/** Whether there may be a node in the pod whose `/status` nobody reads. */
function mayHaveUnwatched(pod: Pod, policy: HaltPolicy | undefined): boolean {
  const { containers, initContainers = [] } = pod.spec;
  return watchedContainer(pod, policy) === undefined || containers.length + initContainers.length > 1;
}

/**
 * A selected node that serves no `/status`, such as a seed node, is silent for good: it counts for as long as it may only be
 * starting. So does whatever runs beside a node that answers.
 */
function withoutSeeds(one: Asked, stores: Stores, now: number): readonly Asked[] {
  const { pod, container, said } = one;
  const policy = governingPolicy(pod, stores.policies.under(namespaceOf(pod)));
  if (said.kind !== "silent" || policy === undefined) return [one];
  return isStarting(pod, container, undefined, now) ? [one] : [];
}

/** The pod that halted, and those of its controller. */
function controlledWith(pod: Pod, { pods }: Stores): readonly Pod[] {
  const owner = controllerRefOf(pod)?.uid;
  const others = owner === undefined ? [] : pods.under(podsOf.controller(owner));
  return [pod, ...others.filter(({ metadata }) => metadata.uid !== pod.metadata.uid)];
}

/**
 * Where the node's process has ended and the pod has not, somebody may have started one in it by hand, as in a second container: nobody
 * reads the `/status` of what has ended.
 */
function endedAmong(pods: readonly Pod[], container: string): readonly Lookalike[] {
  return pods.flatMap((one) => {
    const node = containerOf(one, container);
    const hasEnded = mayRun(one) && !mayServe(one, container) && one.status?.podIP !== undefined;
    return node === undefined || !hasEnded ? [] : { pod: one, container: node, byPort: true };
  });
}

/** What answers as a node beside, or in place of, the one that a policy watches. */
function answersAsNode(one: Asked): boolean {
  return one.isAnyProgram === true ? one.said.kind === "node" : answersAfterEnd(one);
}

function foundBeyond(one: Asked | undefined): string | undefined {
  if (one === undefined) return undefined;
  return one.isAnyProgram
    ? `has a node in container ${one.container}, which answers on /status`
    : "has ended, and a node answers at its address";
}

/** What answers and announces no halt is a node at work. */
function answersAfterEnd({ hasEnded, said }: Asked): boolean {
  return hasEnded === true && said.kind === "node" && said.isHalted !== true;
}

type AtAddress = Pick<Stranger, "pod" | "insteadOf" | "isLookalike">;

/** `other`, which has its address with `pod`. */
function atAddressOf(pod: Pod, other: Pod, traits: NodeTraits): AtAddress {
  const isLookalike = lookalikeOf(other, traits) !== undefined;
  return { pod: keyOf(other), insteadOf: keyOf(pod), isLookalike };
}

/**
 * Another node in the pod that halted: it would be ended with that. One that is silent counts while it may only be starting. What answers
 * may be `beside`, another pod with the same address.
 */
function besideHalted(one: Asked, stores: Stores, now: number, beside?: AtAddress): readonly Stranger[] {
  const { pod, container, said } = one;
  const own = `container ${container} of ${keyOf(pod)}`;
  const mayBeBeside = said.kind === "node" && beside !== undefined;
  const found = mayBeBeside
    ? `may be who answers at the address of ${keyOf(pod)}: if it is not, a node answers in ${own}, and would be ended with the pod`
    : `${one.hasEnded ? "has ended, and a node that answers in its place" : "answers on /status, and"} would be ended with the pod`;
  const answering = mayBeBeside ? { ...beside, found, orInPod: true as const } : { pod: own, found };
  if (one.hasEnded === true) return answersAfterEnd(one) ? [answering] : [];
  if (one.isAnyProgram && said.kind !== "node") return [];
  if (containerStatusOf(pod, container)?.state?.terminated !== undefined) return [];
  if (ephemeralContainersOf(pod).includes(container)) return [];
  if (said.kind === "no-node" || withoutSeeds(one, stores, now).length === 0) return [];
  return said.kind === "node" ? [answering] : [{ pod: own, found: said.found }];
}

/** What somebody runs in the pod that halted would be ended with it: maybe the node itself, on the same volumes. */
function runByHand(pod: Pod): readonly Stranger[] {
  const { namespace, name } = pod.metadata;
  return ephemeralContainersOf(pod).map((container) => ({
    pod: `container ${container} of ${namespace}/${name}`,
    found: "was added to the pod by somebody, has not ended, and would be ended with the pod",
  }));
}

/** Why nothing may be done to a pod of the halted one's workload: what is done to its template is done to it too. */
function heldBack(pod: Pod, policy: HaltPolicy, { spec }: NodeHalt, stores: Stores): string | undefined {
  const { namespace = "", name, uid = "" } = pod.metadata;
  const own = governingPolicy(pod, stores.policies.under(namespace));
  if (own === undefined) return "is selected by no policy";
  if (own.metadata.name !== policy.metadata.name) return `is governed by HaltPolicy ${own.metadata.name}`;
  const [byHand] = ephemeralContainersOf(pod);
  if (byHand !== undefined) return `has container ${byHand}, which somebody added and which has not ended`;
  const halts = haltsOfNode(`${namespace}/${name}`, spec, stores.halts);
  const same = { ...spec, podName: name, podUID: uid };
  return halts.some(
    (halt) => (isAborted(halt) && halt.spec.podUID === uid && isOpen(halt)) || isAbortedHalt(halt, same),
  )
    ? "has a halt that a person aborted"
    : undefined;
}
