import type { KeyQueue } from "@upgrade-halt/kube";
import { CLAIM_PROTECTION } from "../api/operations/admission-plugins.ts";
import type { ApiClient } from "../client/api-client.ts";
import { ResourceCache } from "../client/resource-cache.ts";
import { CLAIMS, pathOf } from "../client/resource-path.ts";
import { arrayAt, at, objectAt, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { loopQueue } from "./loop-queue.ts";

/**
 * Reports each PersistentVolumeClaim as Bound, since the process kubelet backs it with a folder, and lets one that is
 * being deleted go once no pod uses it.
 */
export class ClaimLoop {
  readonly #client: ApiClient;
  readonly #claims: ResourceCache;
  readonly #pods: ResourceCache;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, pods: ResourceCache) {
    this.#client = client;
    this.#pods = pods;
    this.#claims = new ResourceCache(client, CLAIMS);
    this.#queue = loopQueue((key) => this.#reconcile(key));
    this.#claims.onChange((key, claim) => (claim === undefined ? undefined : this.#queue.add(key)));
    pods.onChange((_, pod, last) => {
      if (pod === undefined) for (const key of claimsUsedBy(last)) this.#queue.add(key);
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => void this.#queue.stop(), { once: true });
    await this.#claims.start(signal);
  }

  async #reconcile(key: string): Promise<void> {
    const claim = this.#claims.get(key);
    if (claim === undefined) return;
    if (claim.metadata.deletionTimestamp !== undefined) await this.#release(key, claim);
    else if (at(claim, "status", "phase") !== "Bound") await this.#bind(claim);
  }

  async #bind(claim: KubeObject): Promise<void> {
    const status = {
      phase: "Bound",
      accessModes: [...arrayAt(claim, "spec", "accessModes")],
      capacity: objectAt(claim, "spec", "resources", "requests"),
    };
    await this.#client.mergePatch(pathOfClaim(claim, "status"), { status });
  }

  async #release(key: string, claim: KubeObject): Promise<void> {
    const finalizers = arrayAt(claim, "metadata", "finalizers");
    const isUsed = this.#pods.values().some((pod) => claimsUsedBy(pod).includes(key));
    if (isUsed || !finalizers.includes(CLAIM_PROTECTION)) return;
    const { uid = "", resourceVersion = "" } = claim.metadata;
    const others = finalizers.filter((one) => one !== CLAIM_PROTECTION);
    const metadata = { uid, resourceVersion, finalizers: others };
    await this.#client.mergePatch(pathOfClaim(claim), { metadata });
  }
}

function pathOfClaim(claim: KubeObject, subresource?: string): string {
  return pathOf(CLAIMS, stringAt(claim, "metadata", "namespace"), claim.metadata.name, subresource);
}

/** The keys of the claims that a pod has as volumes. */
function claimsUsedBy(pod: KubeObject | undefined): readonly string[] {
  const namespace = stringAt(pod, "metadata", "namespace");
  return arrayAt(pod, "spec", "volumes")
    .map((volume) => stringAt(volume, "persistentVolumeClaim", "claimName"))
    .filter((name) => name !== undefined)
    .map((name) => `${namespace}/${name}`);
}
