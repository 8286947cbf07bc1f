import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { PODS } from "../client/resource-path.ts";
import { stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Lifeline } from "../process/lifeline.ts";
import { AddressPool } from "./address-pool.ts";
import { EventRecorder } from "./event-recorder.ts";
import { LogServer } from "./log-server.ts";
import { registerNode } from "./node-registration.ts";
import { type ContainerEndListener, PodWorker, type PodWorkerContext } from "./pod-worker.ts";
import { type BackOff, KUBELET_BACK_OFF } from "./restart-policy.ts";

export interface KubeletOptions {
  readonly client: ApiClient;
  readonly nodeName: string;
  /** Where volumes and logs go; the caller removes it. */
  readonly homeDir: string;
  readonly backOff?: BackOff;
  /** Ends the pods' processes should this one be killed; the caller stops it after the kubelet. */
  readonly lifeline: Lifeline;
  readonly onContainerEnd?: ContainerEndListener;
}

const HOST_IP = "127.0.0.1";
/** What a pod that was removed without a grace period is still given. */
const VANISHED_GRACE_MS = 1_000;

/**
 * A kubelet whose containers are processes: registers its node, runs the pods bound to it and reports them.
 * It is an ordinary API client, so any API server will do.
 */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #pods: ResourceCache;
  readonly #workers = new Map<string, PodWorker>();
  readonly #addresses = new AddressPool();
  readonly #stopping = new AbortController();
  readonly #logs: LogServer;
  readonly #context: PodWorkerContext;

  constructor(options: KubeletOptions) {
    const { client, nodeName, homeDir, lifeline, backOff = KUBELET_BACK_OFF } = options;
    this.#options = options;
    this.#pods = new ResourceCache(client, PODS, { fieldSelector: `spec.nodeName=${nodeName}` });
    this.#pods.onChange((_, pod, last) => this.#onPod(pod, last));
    this.#logs = new LogServer((namespace, name, container, previous) => {
      const pod = this.#pods.get(`${namespace}/${name}`);
      const worker = this.#workers.get(stringAt(pod, "metadata", "uid") ?? "");
      return worker?.log(container, previous) ?? { refusal: `pod "${name}" is not running on this node` };
    }, Date.now);
    const events = new EventRecorder(client, "kubelet", nodeName, Date.now);
    this.#context = {
      client,
      addresses: this.#addresses,
      events,
      hostIp: HOST_IP,
      homeDir,
      backOff,
      lifeline,
      onContainerEnd: options.onContainerEnd ?? (() => undefined),
      now: Date.now,
    };
  }

  /** Registers the node and starts to run its pods. @throws ClientError when the API server refuses the node. */
  async start(): Promise<void> {
    const { client, nodeName } = this.#options;
    const port = await this.#logs.start();
    await registerNode(client, { name: nodeName, hostIp: HOST_IP, port }, this.#stopping.signal);
    await this.#pods.start(this.#stopping.signal);
  }

  /** Ends every process (SIGTERM, SIGKILL after `graceMs`) without telling the API server, as a node that goes down. */
  async stop(graceMs = 2_000): Promise<void> {
    this.#stopping.abort();
    this.#logs.stop();
    await Promise.all([...this.#workers.values()].map((worker) => worker.vanish(graceMs)));
    this.#addresses.close();
  }

  #onPod(pod: KubeObject | undefined, last: KubeObject | undefined): void {
    if (this.#stopping.signal.aborted) return;
    const uid = stringAt(pod ?? last, "metadata", "uid") ?? "";
    const worker = this.#workers.get(uid);
    if (pod === undefined) {
      this.#workers.delete(uid);
      void worker?.vanish(VANISHED_GRACE_MS);
    } else if (worker !== undefined) worker.update(pod);
    else this.#begin(uid, pod);
  }

  #begin(uid: string, pod: KubeObject): void {
    const phase = stringAt(pod, "status", "phase");
    const isOver = phase === "Failed" || phase === "Succeeded";
    if (isOver && pod.metadata.deletionTimestamp === undefined) return;
    const worker = new PodWorker(pod, this.#context);
    this.#workers.set(uid, worker);
    if (pod.metadata.deletionTimestamp !== undefined) worker.update(pod);
  }
}
