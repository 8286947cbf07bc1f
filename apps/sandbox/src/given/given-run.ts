import { CodedError } from "@upgrade-halt/kube";
import type { Action } from "../actions/action.ts";
import { Changes } from "../changes.ts";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { HALT_POLICIES, PODS, pathOf } from "../client/resource-path.ts";
import type { ClusterEvent } from "../events/cluster-event.ts";
import { EventLog } from "../events/event-log.ts";
import { ClusterWatcher } from "../events/watcher.ts";
import { objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { NodeDetails, RunState } from "../recording/run-state.ts";
import { SandboxError } from "../sandbox-error.ts";
import { StatusPoller } from "../scenario/status-poller.ts";
import { policyState } from "../server/policy-state.ts";
import type { Moment, NumberedEvent, Run } from "../server/run.ts";
import { RunRecord } from "../server/run-record.ts";
import type { RunSwitcher } from "../server/run-switcher.ts";
import { type Off, offOver } from "./allowed.ts";
import { performOver } from "./given-actions.ts";
import { givenNodes, namesIn, oldestFirst } from "./given-nodes.ts";

/** Nodes that others rely on are asked no more often than a monitor asks them. */
const STATUS_EVERY_MS = 2_000;
const LOG_WITHIN_MS = 2_000;

const LOG_OF_THEN =
  "The log of a given cluster is read when it is looked at, and not kept for moments that are over.";

export interface GivenOptions {
  readonly client: ApiClient;
  /** What is shown. */
  readonly namespace: string;
  /** The one namespace where something may be changed, if any. */
  readonly allowed: string | undefined;
}

/** Shows a namespace of a cluster that somebody else runs, from what the kubeconfig's user may read. */
export class GivenRun extends Changes implements Run, RunSwitcher {
  readonly number = 1;
  readonly #options: GivenOptions;
  readonly #off: Off;
  readonly #watcher: ClusterWatcher;
  readonly #policies: ResourceCache;
  readonly #statuses: StatusPoller;
  readonly #record = new RunRecord(1);
  readonly #stopping = new AbortController();

  constructor(options: GivenOptions) {
    super();
    const { client, namespace, allowed } = options;
    this.#options = options;
    this.#off = offOver(namespace, allowed);
    this.#policies = new ResourceCache(client, HALT_POLICIES, { namespace });
    const eventLog = new EventLog([(event) => this.#keep(event)]);
    const names = namesIn(() => this.#oldestPolicies());
    this.#watcher = new ClusterWatcher({ client, eventLog, namespace, names });
    this.#statuses = new StatusPoller(() => this.#nodes(), STATUS_EVERY_MS);
    eventLog.tell({ kind: "chapter", title: `What namespace ${namespace} shows from now on` });
  }

  /** Begins to watch; what can't be read is told by the state, and tried again. */
  start(): void {
    const { signal } = this.#stopping;
    const { pods, sets, halts, records } = this.#watcher;
    for (const one of [pods, sets, halts, records, this.#policies, this.#statuses])
      one.onChange(() => this.tell());
    void this.#policies.start(signal);
    void this.#watcher.start(signal);
    this.#statuses.start(signal);
  }

  stop(): void {
    this.#stopping.abort();
  }

  get run(): Run {
    return this;
  }

  async change(): Promise<void> {
    throw new SandboxError(`a scenario is played ${this.#off.play}`);
  }

  replay(): Promise<void> {
    return Promise.reject(new SandboxError("a recording is shown by a sandbox without --kubeconfig"));
  }

  setSpeed(): void {
    throw new SandboxError("no recording is being told");
  }

  moment(id: number, node: string): Moment {
    const { state, details } = this.#record.moment(id, node);
    return { state, details: { ...details, log: LOG_OF_THEN } };
  }

  recording(): Iterable<string> {
    this.#look();
    return this.#record.lines();
  }

  async act(action: Action): Promise<void> {
    const why = this.#off[action.kind];
    if (why !== undefined) throw new SandboxError(`${action.kind} is off: ${why}`);
    const { client, namespace } = this.#options;
    const policies = () => this.#oldestPolicies();
    try {
      await performOver(action, { client, namespace, policies, pods: () => this.#watcher.pods.values() });
    } catch (error) {
      if (error instanceof CodedError) throw new SandboxError(error.message, { cause: error });
      throw error;
    }
    this.tell();
  }

  eventsAfter(id: number): readonly NumberedEvent[] {
    return this.#record.eventsAfter(id);
  }

  state(): RunState {
    const { client, namespace } = this.#options;
    const heights = this.#statuses.heights();
    const halts = this.#watcher.halts.values();
    return {
      ...{ run: this.number, name: "given", steps: 0, isReady: true, fault: "", pages: [], controllers: [] },
      ...{ isNetworkCut: false, isolated: [], isPagerDown: false, armed: [], held: [], writes: [] },
      title: `Namespace ${namespace} of ${client.server}`,
      question: "What happens in the cluster that its kubeconfig names?",
      now: new Date().toISOString(),
      namespace,
      nodes: this.#nodes().map((node) => ({
        ...node,
        height: heights.get(node.node) ?? 0,
        statusFault: this.#statuses.answerOf(node.node)?.fault ?? "",
      })),
      halts: halts.map((halt) => ({
        name: halt.metadata.name,
        node: stringAt(halt, "spec", "podName") ?? "",
        spec: objectAt(halt, "spec"),
        status: objectAt(halt, "status"),
      })),
      policy: policyState(this.#oldestPolicies()[0]),
      noChanges: "",
      given: { server: client.server, off: this.#off, unread: this.#unread() },
    };
  }

  async nodeDetails(name: string): Promise<NodeDetails> {
    const node = this.#nodes().find((one) => one.node === name);
    if (node === undefined) return { log: "", status: "", fault: `there is no node ${name}` };
    const { client, namespace } = this.#options;
    const pod = this.#watcher.pods.values().find(({ metadata }) => metadata.name === name);
    const container = pod === undefined ? "" : namesIn(() => this.#oldestPolicies()).containerOf(pod);
    const path = `${pathOf(PODS, namespace, name, "log")}?container=${encodeURIComponent(container)}&tailLines=60`;
    const lines: string[] = [];
    try {
      for await (const line of client.lines(path, AbortSignal.timeout(LOG_WITHIN_MS))) lines.push(line);
    } catch (error) {
      lines.push(`The log can't be read: ${error instanceof Error ? error.message : error}`);
    }
    const answer = this.#statuses.answerOf(name);
    return { log: lines.join("\n"), status: answer?.body ?? "", fault: answer?.fault ?? "" };
  }

  /** Records what is shown, all but the logs. */
  #look(): void {
    this.#record.look(this.state(), (node) => {
      const answer = this.#statuses.answerOf(node);
      return answer && { status: answer.body, fault: answer.fault };
    });
  }

  #oldestPolicies(): readonly KubeObject[] {
    return oldestFirst(this.#policies.values());
  }

  #nodes() {
    const { pods, sets, halts } = this.#watcher;
    const policies = this.#oldestPolicies();
    return givenNodes({ pods: pods.values(), sets: sets.values(), halts: halts.values(), policies });
  }

  #unread(): readonly { readonly what: string; readonly why: string }[] {
    const { pods, sets, halts, records } = this.#watcher;
    const caches = { pods, statefulsets: sets, nodehalts: halts, noderecords: records };
    return Object.entries({ haltpolicies: this.#policies, ...caches })
      .filter(([, { fault }]) => fault !== "")
      .map(([what, { fault }]) => ({ what, why: fault }));
  }

  #keep(event: ClusterEvent): void {
    this.#look();
    this.#record.tell(event);
    this.tell();
  }
}
