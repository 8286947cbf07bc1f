import { readStatus, type StatusResult, sightingOf } from "@upgrade-halt/consumer";
import {
  hasCode,
  Informer,
  type InformerOptions,
  KeyQueue,
  type KeyQueueOptions,
  type KubeApi,
  type KubeObject,
  keyOf,
  messageOf,
  namespaceOfKey,
  type Outcome,
  RESTART_REASONS,
  type Store,
} from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { Dispatcher } from "undici";
import { Actor } from "./act/actor.ts";
import { OrphanedPages } from "./act/orphaned-pages.ts";
import { PageTeller, type PageTellerOptions } from "./act/page-teller.ts";
import { PodMarks } from "./act/pod-marks.ts";
import { type HaltPolicy, withDefaults } from "./api/halt-policy.ts";
import { hasEnded, isSwapping, type NodeHalt, type Phase, projectHalt } from "./api/node-halt.ts";
import type { NodeRecord } from "./api/node-record.ts";
import { Detector } from "./detect/detector.ts";
import { UnrecordedHalts } from "./detect/unrecorded-halts.ts";
import { haltEvent } from "./journal/halt-event.ts";
import { HaltJournal } from "./journal/halt-journal.ts";
import { SlotBook } from "./journal/slot-book.ts";
import { StepWriter } from "./journal/step-writer.ts";
import { EventRecorder } from "./kube/event-recorder.ts";
import { FreshLists } from "./kube/fresh-lists.ts";
import {
  collectionPath,
  HALT_POLICIES,
  NODE_HALTS,
  NODE_RECORDS,
  namespaceOf,
  PODS,
  type Resource,
} from "./kube/paths.ts";
import type { OnBoundary } from "./model/boundary.ts";
import { governingPolicy } from "./model/governing-policy.ts";
import { hasMachineFolder, type Pod } from "./model/pod.ts";
import { cutCopy, projectPod, projectUnselected } from "./model/projected-pod.ts";
import { createStores, haltsOf, haltsOfNode, podKeyOf, policyKeyOf, wholeCopy } from "./model/stores.ts";
import { countedBy } from "./model/swaps-under.ts";
import { NodeReconciler } from "./node-reconciler.ts";
import { LogReader } from "./observe/log-reader.ts";
import { NodeRecorder } from "./observe/node-recorder.ts";
import { NodeWatch } from "./observe/node-watch.ts";
import { ObservationReader } from "./observe/observation-reader.ts";
import { RecoveryTimer } from "./observe/recovery-timer.ts";
import { StatusWatch } from "./observe/status-watch.ts";
import { Strangers } from "./observe/strangers.ts";
import { AlertRenewal } from "./paging/alert-renewal.ts";
import { KnownTargets } from "./paging/known-targets.ts";
import { sendPage } from "./paging/pager.ts";
import type { PagingHosts } from "./paging/paging-hosts.ts";
import { ReceiverLanes } from "./paging/receiver-lanes.ts";
import { resolveHost } from "./paging/resolve-host.ts";
import { HistoryCollector } from "./policies/history-collector.ts";
import { PolicyReconciler } from "./policies/policy-reconciler.ts";
import type { Metrics } from "./server/metrics.ts";
import { Workloads } from "./workloads/workloads.ts";

export interface ControllerOptions {
  readonly api: KubeApi;
  /** Only this namespace; all when absent. */
  readonly namespace?: string | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Carries pages; unless it is fenced as `api` is, a leader that lost its lease may still page. */
  readonly pages?: Dispatcher;
  /** The receivers that may be paged. */
  readonly pagingHosts: PagingHosts;
  readonly onBoundary?: OnBoundary;
  /** Milliseconds since the epoch, for what is written: it may be corrected at any time. */
  readonly now?: () => number;
  /** Milliseconds of a clock that never goes back, for how long something takes. */
  readonly steady?: () => number;
  /** How often alerts are sent to Alertmanager again (30 s unless said). */
  readonly renewAlertsMs?: number;
  /** Reads a node's `/status`; over HTTP unless a test has nodes of its own. */
  readonly readNode?: (url: string, limits: { readonly timeoutMs: number }) => Promise<StatusResult>;
}

/** A policy's status follows its pods and halts after this time, so that a thousand changes are one write. */
const SETTLE_MS = 250;
/** It takes a twentieth of the time at most, but follows after so long: counting a thousand nodes four times a second would be work. */
const SETTLE_FACTOR = 20;
const SETTLE_MOST_MS = 5_000;
/** Of the keys of one tenant so many are reconciled at a time: what hangs in one leaves room for the others. */
const TENANT_WORKERS = 24;
/** Pages are told by workers of their own, of which one policy has but a few. */
const PAGE_WORKERS = { workers: 64, laneWorkers: 4 } as const;
/** Counting for the status of policies, which may wait for a resolver or for a Secret. */
const POLICY_WORKERS = { workers: 6, laneWorkers: 2 } as const;
/** How many waiting halts are woken when a slot may have become free. */
const WAKE = 32;

/** Informers, queue and reconcilers, put together. All it knows is in the API server: it may end at any time. */
export class Controller {
  readonly #stores = createStores();
  readonly #informers: readonly Pick<
    Informer<KubeObject>,
    "start" | "stop" | "hasSynced" | "lastContactAt"
  >[];
  readonly #pods: Informer<Pod>;
  readonly #targets = new KnownTargets();
  /** Namespaces that had a policy or a halt since the start: their pods are kept, and those that have folders or the address of machines. */
  readonly #namespaces = new Set<string>();
  /** By key: which spec of a policy, and which version of a halt, was acted upon already. */
  readonly #specs = new Map<string, string>();
  readonly #told = new Map<string, string>();
  readonly #statuses: StatusWatch;
  readonly #events: EventRecorder;
  /** Pods; policies; and halts with pages to tell: none of them waits for another's receivers. */
  readonly #queue: KeyQueue;
  readonly #policyQueue: KeyQueue;
  readonly #pageQueue: KeyQueue;
  readonly #pages: PageTeller;
  readonly #orphaned: OrphanedPages;
  readonly #nodes: NodeReconciler;
  readonly #policies: PolicyReconciler;
  readonly #history: HistoryCollector;
  readonly #renewal: AlertRenewal;
  readonly #options: ControllerOptions;
  #working = false;
  #settleMs = SETTLE_MS;

  constructor(options: ControllerOptions) {
    const {
      api,
      log,
      metrics,
      pages,
      pagingHosts,
      onBoundary = () => {},
      now = Date.now,
      steady = () => performance.now(),
      readNode = readStatus,
    } = options;
    const stores = this.#stores;
    this.#options = options;
    this.#queue = this.#queueOf("pod", (key) => this.#nodes.reconcile(key), {
      isUrgent: (key) => this.#isUrgent(key),
      laneOf: (key) => this.#tenantOf(key),
      laneWorkers: TENANT_WORKERS,
    });
    this.#policyQueue = this.#queueOf("policy", (key) => this.#reconcilePolicy(key), {
      ...POLICY_WORKERS,
      laneOf: namespaceOfKey,
    });
    this.#pageQueue = this.#queueOf("page", (key) => this.#pages.tell(key).then(() => ({})), {
      ...PAGE_WORKERS,
      laneOf: (key) => this.#policyOfHalt(key),
    });
    this.#events = new EventRecorder(api, log, now);
    const recorder = new NodeRecorder({ api, records: stores.records, log, now });
    const read = (url: string, timeoutMs: number) => readNode(url, { timeoutMs });
    const logs = new LogReader({
      api,
      steady,
      log,
      onRead: (key) => this.#addPod(key),
      onAccess: (namespace) => {
        for (const policy of stores.policies.under(namespace)) this.#settle(keyOf(policy));
      },
    });
    this.#statuses = new StatusWatch({
      logOf: (key) => logs.get(key),
      read,
      toSighting: sightingOf,
      onChange: (key) => this.#addPod(key),
      recall: (key, uid) => {
        const pod = stores.pods.get(key);
        if (pod === undefined || pod.metadata.uid !== uid) return undefined;
        const recalled = recorder.recall(pod);
        // A height is recalled of the very pod alone.
        const isOfPod = recalled?.height !== undefined || recalled?.addressOf !== undefined;
        const addressOf = isOfPod ? recalled.addressOf : ("another-pod" as const);
        return recalled && { ...recalled, heightAt: recorder.heightAt(pod), addressOf };
      },
    });
    const workloads = new Workloads(api);
    const slots = new SlotBook(stores);
    const journal = new HaltJournal(api, stores.halts, {
      onWritten: ({ metadata: { uid = "" } }) => unrecorded.over(uid),
      onRefused: (halt, error) => unrecorded.noteUnwritten(halt, error),
    });
    const shared = { stores, workloads, statuses: this.#statuses, logs, slots, journal, now };
    const actor = new Actor({ api, onBoundary });
    const lanes = new ReceiverLanes(pages);
    const deliver = lanes.deliver;
    const send: PageTellerOptions["send"] = (page) =>
      sendPage({ ...page, api, hosts: pagingHosts, known: this.#targets, now, deliver });
    const unrecorded = new UnrecordedHalts({
      send,
      stores,
      onChange: (policyKey, podKey) => {
        this.#settle(policyKey);
        this.#addPod(podKey);
      },
      log,
      now,
    });
    this.#orphaned = new OrphanedPages({ send, stores, now });
    const onHalt = (halt: NodeHalt) => observations.askAhead(halt);
    const detector = new Detector({ ...shared, unrecorded, onHalt, onBoundary, log });
    const observations = new ObservationReader({
      ...shared,
      timer: new RecoveryTimer(steady),
      server: {
        api,
        pods: new FreshLists(api, { project: projectPod, known: (head) => wholeCopy(stores.pods, head) }),
        policies: new FreshLists(api, { project: withDefaults }),
      },
      recorder,
      strangers: new Strangers({ read, steady }),
      setWasRefused: (halt) => actor.setWasRefused(halt),
      seenWhenRecorded: (halt) => detector.seenWhenRecorded(halt),
    });
    this.#nodes = new NodeReconciler({
      ...shared,
      detector,
      unrecorded,
      orphaned: this.#orphaned,
      observations,
      actor,
      marks: new PodMarks(api, now),
      recorder,
      steps: new StepWriter({
        ...shared,
        onBoundary,
        onPhase: (halt, before) => this.#onPhase(halt, before, now()),
        log,
      }),
      watch: new NodeWatch(shared),
      onPageDue: (halt) => this.#onPageDue(halt),
      log,
    });
    this.#policies = new PolicyReconciler({
      api,
      stores,
      statuses: this.#statuses,
      logs,
      unrecorded,
      events: this.#events,
      resolveHost,
      pagingHosts,
      now,
      steady,
    });
    const isDeparting = (podKey: string) => this.#nodes.isDeparting(podKey);
    this.#history = new HistoryCollector({ api, stores, isDeparting, log, now });
    this.#pages = new PageTeller({
      stores,
      journal,
      send,
      onBoundary,
      onTold: (halt) => this.#onHalt(halt),
      now,
    });
    this.#renewal = new AlertRenewal({
      api,
      stores,
      hosts: pagingHosts,
      deliver,
      now,
      log,
      everyMs: options.renewAlertsMs,
    });
    metrics.observeStores(stores, () => this.#queues().reduce((sum, { depth }) => sum + depth, 0));
    for (const kind of ["pod", "policy", "page"])
      for (const outcome of ["done", "failed"]) metrics.reconciles.inc({ kind, outcome }, 0);
    this.#pods = this.#informer<Pod>(PODS, stores.pods, {
      onChange: (pod) => this.#onPod(pod),
      project: (pod) => this.#projectPod(pod),
      keep: (pod) =>
        this.#isWatched(namespaceOf(pod)) || hasMachineFolder(pod) || pod.spec.hostNetwork === true,
    });
    this.#informers = [
      this.#pods,
      this.#informer<HaltPolicy>(HALT_POLICIES, stores.policies, {
        onChange: (policy) => this.#onPolicy(policy),
        project: withDefaults,
      }),
      this.#informer<NodeHalt>(NODE_HALTS, stores.halts, {
        onChange: (halt) => {
          const isGone = this.#stores.halts.get(keyOf(halt))?.metadata.uid !== halt.metadata.uid;
          if (isGone && this.#working) this.#orphaned.note(halt);
          if (isGone) this.#told.delete(keyOf(halt));
          // What this process wrote itself comes back to it.
          else if (this.#told.get(keyOf(halt)) === versionOf(halt)) return;
          this.#onHalt(halt);
        },
        project: projectHalt,
      }),
      this.#informer<NodeRecord>(NODE_RECORDS, stores.records, { onChange: () => {} }),
    ];
    metrics.observeContact(() =>
      Object.keys(stores).map((name, index) => [name, this.#informers[index]?.lastContactAt ?? 0]),
    );
  }

  get hasSynced(): boolean {
    return this.#informers.every((informer) => informer.hasSynced);
  }

  /** Keys of the pods that are kept. */
  get podsKept(): readonly string[] {
    return [...this.#stores.pods.keys()];
  }

  /** Begins to watch, and resolves when everything was listed once. */
  async sync(): Promise<void> {
    const others = this.#informers.filter((informer) => informer !== this.#pods);
    await Promise.all(others.map((informer) => informer.start()));
    await this.#pods.start();
  }

  /** Begins to act. Call it once `sync` has resolved, and on the leader only. */
  work(): void {
    this.#working = true;
    for (const key of this.#stores.pods.keys()) this.#addPod(key);
    for (const halt of this.#stores.halts.values()) this.#addPod(podKeyOf(halt));
    for (const key of this.#stores.policies.keys()) this.#policyQueue.add(key);
    this.#renewal.start();
  }

  /** Finishes the keys in hand, and leaves nothing behind that runs. */
  async stop(): Promise<void> {
    this.#working = false;
    this.#statuses.stop();
    await Promise.all([
      ...this.#queues().map((queue) => queue.stop()),
      this.#renewal.stop(),
      ...this.#informers.map((informer) => informer.stop()),
    ]);
    await this.#events.flush();
  }

  #informer<T extends KubeObject>(
    resource: Resource,
    store: Store<T>,
    options: Pick<InformerOptions<T>, "onChange" | "project" | "keep">,
  ): Informer<T> {
    const { api, namespace, log, metrics } = this.#options;
    for (const reason of RESTART_REASONS) metrics.restarts.inc({ resource: resource.plural, reason }, 0);
    return new Informer<T>({
      ...options,
      api,
      path: collectionPath(resource, namespace),
      store,
      onRestart: (reason, detail) => {
        metrics.restarts.inc({ resource: resource.plural, reason });
        log.debug({ resource: resource.plural, reason, detail }, "watch begun anew");
      },
    });
  }

  #isWatched(namespace: string): boolean {
    return this.#options.namespace !== undefined || this.#namespaces.has(namespace);
  }

  #projectPod(raw: Pod): Pod {
    const pod = projectPod(raw);
    const policies = this.#stores.policies.under(namespaceOf(pod));
    const isKept =
      governingPolicy(pod, policies) !== undefined ||
      this.#stores.halts.under(haltsOf.pod(keyOf(pod))).length > 0;
    if (isKept) return pod;
    const isFar = !this.#isWatched(namespaceOf(pod)) && !hasMachineFolder(pod);
    return isFar && pod.spec.hostNetwork === true ? cutCopy(pod) : projectUnselected(pod);
  }

  /** Keeps the pods of this namespace from now on. */
  #watchNamespace({ metadata: { namespace = "" } }: KubeObject): void {
    if (this.#isWatched(namespace)) return;
    this.#namespaces.add(namespace);
    this.#pods.relist();
  }

  #onPod(pod: Pod): void {
    const key = keyOf(pod);
    const went = this.#stores.pods.get(key)?.metadata.uid !== pod.metadata.uid;
    if (went && this.#working) this.#nodes.noteDeparted(key, pod);
    this.#addPod(key);
    for (const policy of this.#stores.policies.under(namespaceOf(pod))) this.#settle(keyOf(policy));
  }

  #onHalt(halt: NodeHalt): void {
    const isThere = this.#stores.halts.get(keyOf(halt))?.metadata.uid === halt.metadata.uid;
    if (isThere && this.#working) this.#told.set(keyOf(halt), versionOf(halt));
    this.#watchNamespace(halt);
    this.#addPod(podKeyOf(halt));
    for (const other of haltsOfNode(podKeyOf(halt), halt.spec, this.#stores.halts))
      this.#addPod(podKeyOf(other));
    for (const policy of countedBy(halt, this.#stores)) {
      this.#settle(policy);
      if (hasEnded(halt)) this.#wakeWaiting(policy);
    }
  }

  #onPolicy(policy: HaltPolicy): void {
    const { namespace = "", generation } = policy.metadata;
    this.#watchNamespace(policy);
    if (policy.defect === undefined) this.#targets.note(namespace, policy.spec.paging);
    this.#settle(keyOf(policy));
    const isGone = this.#stores.policies.get(keyOf(policy)) === undefined;
    // Its status says what became of its pods: it is no news to any of them.
    if (!isGone && this.#working && this.#specs.get(keyOf(policy)) === specVersionOf(policy)) return;
    if (isGone || !this.#working) this.#specs.delete(keyOf(policy));
    else this.#specs.set(keyOf(policy), specVersionOf(policy));
    if (isGone || policy.status?.observedGeneration !== generation) {
      for (const other of this.#stores.policies.under(namespace)) this.#settle(keyOf(other));
      this.#wakeOrphans(namespace);
    }
    for (const pod of this.#stores.pods.under(namespace)) this.#addPod(keyOf(pod));
    for (const halt of this.#stores.halts.under(haltsOf.waiting(keyOf(policy)))) this.#addPod(podKeyOf(halt));
  }

  /** Halts in hand whose policy is gone, as after it got another name: another one may answer for them now. */
  #wakeOrphans(namespace: string): void {
    const { halts, policies } = this.#stores;
    for (const halt of halts.under(haltsOf.namespace(namespace)))
      if (!hasEnded(halt) && policies.get(policyKeyOf(halt)) === undefined) this.#addPod(podKeyOf(halt));
  }

  #onPhase(halt: NodeHalt, before: Phase | undefined, now: number): void {
    this.#options.metrics.onPhase(halt, before, now);
    this.#events.record(haltEvent(halt));
    this.#onHalt(halt);
  }

  /** A slot or the error budget may have become free: the oldest that wait look again. */
  #wakeWaiting(policyKey: string): void {
    const waiting = this.#stores.halts.under(haltsOf.waiting(policyKey));
    for (const halt of waiting.slice(0, WAKE)) this.#addPod(podKeyOf(halt));
  }

  #queues(): readonly KeyQueue[] {
    return [this.#queue, this.#policyQueue, this.#pageQueue];
  }

  #queueOf(
    kind: "pod" | "policy" | "page",
    reconcile: (key: string) => Promise<Outcome>,
    options: Partial<KeyQueueOptions> = {},
  ): KeyQueue {
    return new KeyQueue({
      ...options,
      handle: async (key) => {
        const outcome = await reconcile(key);
        this.#options.metrics.reconciles.inc({ kind, outcome: "done" });
        return outcome;
      },
      onError: (key, error, failures) => this.#onError(kind, key, error, failures),
    });
  }

  #addPod(key: string): void {
    if (this.#working) this.#queue.add(key);
  }

  #settle(policyKey: string): void {
    if (this.#working) this.#policyQueue.addAfter(policyKey, this.#settleMs);
  }

  #onPageDue(halt: NodeHalt): void {
    if (this.#working) this.#pageQueue.add(keyOf(halt));
  }

  /** Whose work a pod is: its policy's. */
  #tenantOf(podKey: string): string {
    const pod = this.#stores.pods.get(podKey);
    const [halt] = this.#stores.halts.under(haltsOf.pod(podKey));
    const policy = pod && governingPolicy(pod, this.#stores.policies.under(namespaceOf(pod)));
    if (policy !== undefined) return keyOf(policy);
    return halt === undefined ? "" : policyKeyOf(halt);
  }

  #policyOfHalt(haltKey: string): string {
    const halt = this.#stores.halts.get(haltKey);
    return halt === undefined ? "" : policyKeyOf(halt);
  }

  /** Whether a node may be down for as long as nothing is done: what only watches it come back, or counts, can wait. */
  #isUrgent(podKey: string): boolean {
    const uid = this.#stores.pods.get(podKey)?.metadata.uid;
    const halts = this.#stores.halts.under(haltsOf.pod(podKey));
    return !halts.some((halt) => isSwapping(halt) && halt.spec.podUID !== uid);
  }

  async #reconcilePolicy(key: string): Promise<Outcome> {
    // Of pods that are being listed nothing can be said yet.
    if (!this.#pods.isCurrent) return { requeueAfterMs: this.#settleMs };
    const began = performance.now();
    const outcome = await this.#policies.reconcile(key);
    const policy = this.#stores.policies.get(key);
    if (policy !== undefined) await this.#history.collect(policy);
    const took = performance.now() - began;
    this.#settleMs = Math.min(Math.max(SETTLE_MS, took * SETTLE_FACTOR), SETTLE_MOST_MS);
    return outcome;
  }

  #onError(kind: string, object: string, error: unknown, failures: number): void {
    this.#options.metrics.reconciles.inc({ kind, outcome: "failed" });
    const level = hasCode(error, "conflict") || failures < 3 ? "debug" : "warn";
    this.#options.log[level]({ kind, object, failures, error: messageOf(error) }, "will be tried again");
  }
}

function versionOf({ metadata: { uid, resourceVersion } }: KubeObject): string {
  return `${uid} ${resourceVersion}`;
}

/** Which spec of which policy it is; the API server counts them. */
function specVersionOf({ metadata: { uid, generation, resourceVersion } }: HaltPolicy): string {
  return `${uid} ${generation ?? `version ${resourceVersion}`}`;
}
