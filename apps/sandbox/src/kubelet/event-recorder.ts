import type { ApiClient } from "../client/api-client.ts";
import { EVENTS, pathOf } from "../client/resource-path.ts";
import { stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";

/** Writes core/v1 Events about objects; one that can't be written is dropped, as Kubernetes' own recorder does. */
export class EventRecorder {
  readonly #client: ApiClient;
  readonly #component: string;
  readonly #host: string;
  readonly #now: () => number;
  #count = 0;

  constructor(client: ApiClient, component: string, host: string, now: () => number) {
    this.#client = client;
    this.#component = component;
    this.#host = host;
    this.#now = now;
  }

  record(about: KubeObject, type: "Normal" | "Warning", reason: string, message: string): void {
    const namespace = stringAt(about, "metadata", "namespace") ?? "default";
    const time = `${new Date(this.#now()).toISOString().slice(0, 19)}Z`;
    this.#count += 1;
    const name = `${about.metadata.name}.${(this.#now() * 1000 + this.#count).toString(16)}`;
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        namespace,
        uid: about.metadata.uid ?? "",
        resourceVersion: about.metadata.resourceVersion ?? "",
      },
      type,
      reason,
      message,
      source: { component: this.#component, ...(this.#host === "" ? {} : { host: this.#host }) },
      reportingComponent: this.#component,
      reportingInstance: this.#host,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      eventTime: null,
    };
    this.#client.create(pathOf(EVENTS, namespace), event).catch(() => undefined);
  }
}
