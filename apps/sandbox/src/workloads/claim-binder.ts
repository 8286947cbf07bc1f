import { KeyQueue } from "../client/key-queue.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { CLAIMS, pathOf } from "../client/resource-path.ts";
import { arrayAt, at, objectAt, stringAt } from "../json/json.ts";

/** Reports each PersistentVolumeClaim as Bound: the process kubelet backs it with a folder. */
export class ClaimBinder {
  readonly #client: KubeClient;
  readonly #claims: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: KubeClient) {
    this.#client = client;
    this.#claims = new ResourceCache(client, CLAIMS);
    this.#queue = new KeyQueue({ reconcile: (key) => this.#bind(key) });
    this.#claims.onChange((key, claim) => (claim === undefined ? undefined : this.#queue.add(key)));
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#queue.stop(), { once: true });
    await this.#claims.start(signal);
  }

  async #bind(key: string): Promise<void> {
    const claim = this.#claims.get(key);
    if (claim === undefined || at(claim, "status", "phase") === "Bound") return;
    const status = {
      phase: "Bound",
      accessModes: [...arrayAt(claim, "spec", "accessModes")],
      capacity: objectAt(claim, "spec", "resources", "requests"),
    };
    const path = pathOf(CLAIMS, stringAt(claim, "metadata", "namespace"), claim.metadata.name, "status");
    await this.#client.patch(path, "merge", { status });
  }
}
