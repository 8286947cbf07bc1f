import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, hasCode, type KubeApi, type KubeObject, messageOf } from "@upgrade-halt/kube";
import type { Fence } from "./fence.ts";
import { collectionPath, LEASES, objectPath } from "./paths.ts";

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaderElectionOptions {
  /** A client that the fence doesn't hold: the lease itself has to be written while not leading. */
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this process: two with one identity would both lead. */
  readonly identity: string;
  readonly fence: Fence;
  readonly leaseMs: number;
  readonly retryMs: number;
  readonly onProblem: (message: string) => void;
}

/**
 * Leads by a Lease, with the rules of client-go's leader election: a lease is taken over only when it has not
 * changed for its whole duration by this process's own clock, as the clocks of others are not to be trusted.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  /** How long the server asked to wait when it refused the last attempt. */
  #askedMs = 0;
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;
  /** When another's lease ends unless it is renewed, by this process's own clock. */
  #freeAt = Number.POSITIVE_INFINITY;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  /** Resolves when the lease is held; rejects with an `AbortError` when `signal` aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    // A leader that ends is noticed by its lease alone: it is looked at twice as often, and just as it may be taken over.
    while (!(await this.#tryToHold())) await this.#pause(signal, 0.5, this.#freeAt - performance.now());
  }

  /**
   * Renews until the lease is lost or `signal` aborts. Lost is lost: one that could not be renewed in time, or that
   * another held meanwhile, is not taken up again, as what was decided under it may be out of date.
   */
  async hold(signal: AbortSignal): Promise<"lost" | "held"> {
    for (;;) {
      await this.#pause(signal).catch(() => {});
      if (signal.aborted) return "held";
      if (!(await this.#renew())) return "lost";
    }
  }

  /** Gives the lease back, so that the next leader begins at once. Nothing is written after it. */
  async release(): Promise<void> {
    const { api, namespace, name, fence } = this.#options;
    fence.shut();
    try {
      const lease = await this.#read();
      if (lease === undefined || !this.#isMine(lease)) return;
      const spec: LeaseSpec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
      await api.replace(objectPath(LEASES, namespace, name), { ...lease, spec });
    } catch (error) {
      this.#options.onProblem(messageOf(error));
    }
  }

  /** A part of the time between attempts, or until `mostMs` from now where that is ahead; longer where the server asked for it. */
  async #pause(signal: AbortSignal, part = 1, mostMs = Number.POSITIVE_INFINITY): Promise<void> {
    const own = this.#options.retryMs * part * (0.8 + 0.4 * Math.random());
    const wait = mostMs > 0 ? Math.min(own, mostMs + 1) : own;
    await sleep(Math.max(wait, this.#askedMs), undefined, { signal });
  }

  async #tryToHold(): Promise<boolean> {
    return await this.#attempt(async () => {
      const lease = await this.#read();
      if (lease !== undefined && !this.#isMine(lease) && !this.#hasExpired(lease)) return false;
      await this.#write(lease);
      return true;
    });
  }

  /** False when the lease is lost; an attempt that failed is no loss while the lease is still valid. */
  async #renew(): Promise<boolean> {
    const { fence } = this.#options;
    if (!fence.isOpen) return false;
    await this.#attempt(async () => {
      const lease = await this.#read();
      if (lease !== undefined && !this.#isMine(lease)) {
        fence.shut();
        return false;
      }
      // The process may have stood still since it asked.
      if (!fence.isOpen) return false;
      await this.#write(lease);
      return true;
    });
    return fence.isOpen;
  }

  /** The fence opens from the moment before the lease was asked for, as that is from when others count too. */
  async #attempt(hold: () => Promise<boolean>): Promise<boolean> {
    const [steady, wall] = [performance.now(), Date.now()];
    this.#askedMs = 0;
    try {
      const held = await hold();
      if (held) this.#options.fence.renew(steady, wall);
      return held;
    } catch (error) {
      if (error instanceof CodedError) this.#askedMs = error.retryAfterMs ?? 0;
      if (!hasCode(error, "conflict", "already-exists")) this.#options.onProblem(messageOf(error));
      return false;
    }
  }

  /** Makes this process the holder, if the lease still is what was read. */
  async #write(lease: Lease | undefined): Promise<void> {
    const { api, namespace, name } = this.#options;
    if (lease === undefined) {
      await api.create(collectionPath(LEASES, namespace), this.#body({ namespace, name }, 0, undefined));
      return;
    }
    const mine = this.#isMine(lease);
    const transitions = (lease.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1);
    const acquired = mine ? lease.spec?.acquireTime : undefined;
    await api.replace(objectPath(LEASES, namespace, name), this.#body(lease.metadata, transitions, acquired));
  }

  async #read(): Promise<Lease | undefined> {
    const { api, namespace, name } = this.#options;
    try {
      return await api.get<Lease>(objectPath(LEASES, namespace, name));
    } catch (error) {
      if (hasCode(error, "not-found")) return undefined;
      throw error;
    }
  }

  #isMine({ spec }: Lease): boolean {
    return spec?.holderIdentity === this.#options.identity;
  }

  #hasExpired({ metadata, spec }: Lease): boolean {
    const version = metadata.resourceVersion;
    if (this.#seen === undefined || this.#seen.version !== version)
      this.#seen = { version, at: performance.now() };
    if (spec?.holderIdentity === undefined || spec.holderIdentity === null || spec.holderIdentity === "")
      return true;
    this.#freeAt = this.#seen.at + (spec.leaseDurationSeconds ?? 15) * 1000;
    return performance.now() > this.#freeAt;
  }

  #body(metadata: KubeObject["metadata"], leaseTransitions: number, acquireTime: string | undefined): object {
    const now = microTime(new Date());
    const { name, namespace, resourceVersion } = metadata;
    const spec: LeaseSpec = {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#options.leaseMs / 1000),
      acquireTime: acquireTime ?? now,
      renewTime: now,
      leaseTransitions,
    };
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      spec,
    };
  }
}

/** `metav1.MicroTime`: six fraction digits. */
function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
