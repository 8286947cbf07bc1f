import type { KeyQueue } from "@upgrade-halt/kube";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { CONFIG_MAPS, NAMESPACES, pathOf } from "../client/resource-path.ts";
import { loopQueue } from "./loop-queue.ts";

const NAME = "kube-root-ca.crt";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal " +
  "service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/** Gives each namespace the ConfigMap that its pods' tokens come with: empty, since the server speaks plain HTTP. */
export class RootCaPublisher {
  readonly #client: ApiClient;
  readonly #namespaces: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#namespaces = new ResourceCache(client, NAMESPACES);
    this.#queue = loopQueue((name) => this.#publish(name));
    this.#namespaces.onChange((_, namespace, last) => {
      if (namespace !== undefined && last === undefined) this.#queue.add(namespace.metadata.name);
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#namespaces.start(signal);
  }

  async #publish(namespace: string): Promise<void> {
    const metadata = { name: NAME, namespace, annotations: { "kubernetes.io/description": DESCRIPTION } };
    const bundle = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "ca.crt": "" } };
    await this.#client.create(pathOf(CONFIG_MAPS, namespace), bundle).catch((error: unknown) => {
      // There already, or the namespace is going.
      if (!hasCode(error, "forbidden", "not-found", "already-exists", "conflict")) throw error;
    });
  }
}
