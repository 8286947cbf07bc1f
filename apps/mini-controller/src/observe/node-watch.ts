import { DEFAULT_RPC_PORT, type HaltPolicy, type HaltPolicySpec } from "../api/halt-policy.ts";
import { logSourceOf } from "../judge/log-source.ts";
import { isOpen } from "../judge/same-halt.ts";
import { policyOf } from "../model/governance.ts";
import type { LiveStatus } from "../model/live-status.ts";
import { containerOf, containerStatusOf, mayServe, type Pod, statusUrlOf } from "../model/pod.ts";
import { haltsOf, type Stores } from "../model/stores.ts";
import type { LogReader } from "./log-reader.ts";
import type { StatusWatch } from "./status-watch.ts";

export interface NodeWatchOptions {
  readonly stores: Stores;
  readonly statuses: StatusWatch;
  readonly logs: LogReader;
}

/** Where a node serves `/status`, and at which heights it may halt. */
interface WatchedNode {
  readonly container: string;
  readonly rpcPort: string;
  readonly heights: readonly number[];
}

/** Says of which nodes `/status` and logs are read, and how soon. */
export class NodeWatch {
  readonly #options: NodeWatchOptions;

  constructor(options: NodeWatchOptions) {
    this.#options = options;
  }

  /** Has the node's `/status` read as the policy that governs its pod says, or no more. */
  follow(key: string, pod: Pod | undefined, policy: HaltPolicy | undefined): void {
    const last = policy ?? this.#lastPolicyOf(key);
    const node = last === undefined ? pod && this.#haltedNodeOf(key, pod) : nodeOf(last.spec);
    if (pod === undefined || node === undefined) this.#options.statuses.forget(key);
    else this.#track(key, pod, node);
  }

  /** Has the log read that may tell of a halt; the milliseconds until the next try, if there is to be one. */
  wantLog(key: string, pod: Pod | undefined, policy: HaltPolicy | undefined): number | undefined {
    const { logs, statuses } = this.#options;
    if (pod === undefined || policy === undefined) return void logs.forget(key);
    const source = logSourceOf(pod, policy.spec, statuses.get(key, pod.metadata.uid));
    return source && logs.want(key, source);
  }

  /** A pod that no policy selects any more is watched until its halts are over: somebody may have been paged for them. */
  #lastPolicyOf(key: string): HaltPolicy | undefined {
    const { stores } = this.#options;
    for (const halt of stores.halts.under(haltsOf.pod(key))) {
      const policy = isOpen(halt) ? policyOf(halt, stores) : undefined;
      if (policy !== undefined) return policy;
    }
    return undefined;
  }

  /** The node of a pod that halted, as its journal tells where no policy is left: it carries marks until it runs again. */
  #haltedNodeOf(key: string, { metadata: { uid } }: Pod): WatchedNode | undefined {
    const halts = this.#options.stores.halts.under(haltsOf.pod(key));
    const halt = halts.find((one) => isOpen(one) && one.spec.podUID === uid);
    if (halt === undefined) return undefined;
    const { container, height } = halt.spec;
    return { container, rpcPort: DEFAULT_RPC_PORT, heights: height === undefined ? [] : [height] };
  }

  #track(key: string, pod: Pod, { container, rpcPort, heights }: WatchedNode): void {
    const { statuses, stores } = this.#options;
    const url = statusUrlOf(pod, container, rpcPort);
    const { uid } = pod.metadata;
    const isServing = pod.status?.phase === "Running" && mayServe(pod, container);
    if (url === undefined || uid === undefined || !isServing) {
      // What the pod said last is kept: which validator it was matters until it is gone.
      statuses.rest(key);
      return;
    }
    const image = containerOf(pod, container)?.image;
    const run = containerStatusOf(pod, container)?.restartCount ?? 0;
    const isAnnounced = announcesHalt(statuses.get(key, uid));
    const urgent = stores.halts
      .under(haltsOf.pod(key))
      .some(
        (halt) => isOpen(halt) && !(isAnnounced && halt.spec.podUID === uid && halt.spec.image === image),
      );
    statuses.track(key, { uid, url, run, expectedHeights: heights, urgent });
  }
}

function nodeOf({ container, rpcPort, upgrades }: HaltPolicySpec): WatchedNode {
  return { container, rpcPort, heights: upgrades.flatMap(({ height }) => height ?? []) };
}

/** Whether the node said last that it is halted: nothing about it moves then. */
function announcesHalt(live: LiveStatus | undefined): boolean {
  return live?.sighting?.kind === "answered" && live.sighting.node.haltIntent.kind === "intent";
}
