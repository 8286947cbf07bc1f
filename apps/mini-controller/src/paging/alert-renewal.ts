import { type KubeApi, keyOf, messageOf } from "@upgrade-halt/kube";
import type { Logger } from "pino";
import type { HaltPolicy } from "../api/halt-policy.ts";
import { type NodeHalt, type PageRecord, pagesOf } from "../api/node-halt.ts";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { policyOf } from "../model/governance.ts";
import type { Stores } from "../model/stores.ts";
import type { PageRequest } from "./delivery.ts";
import { targetId } from "./known-targets.ts";
import { pageOf } from "./page.ts";
import { type Alert, alertOf, alertsRequest } from "./page-request.ts";
import type { PagingHosts } from "./paging-hosts.ts";
import { readSecretKey } from "./secrets.ts";

export interface AlertRenewalOptions {
  readonly api: KubeApi;
  readonly stores: Pick<Stores, "halts" | "pods" | "policies">;
  readonly deliver: (request: PageRequest) => Promise<void>;
  /** The receivers that may be paged. */
  readonly hosts: PagingHosts;
  readonly now: () => number;
  readonly log: Logger;
  /** How often (30 s unless said). */
  readonly everyMs?: number | undefined;
}

/** How long an alert's end is told again, as Prometheus does (`resolvedRetention`): whatever came late is outlasted. */
export const RESOLVED_MS = 15 * 60_000;
/** Alerts of one request: Alertmanager takes any number, its proxies may not. */
const BATCH = 500;
/** Targets at a time: one that does not answer makes the others wait for little, and swaps have the API server to themselves. */
const AT_ONCE = 8;

/**
 * Sends the alerts of delivered pages again and again, as Prometheus does with its own. Alertmanager ends an alert at
 * its `endsAt` and keeps none over a restart, whereas a page stands until its halt is over. What it sends is told by the
 * journals alone, so nothing about it is journaled, and a failure is made up for by the next round.
 */
export class AlertRenewal {
  readonly #options: AlertRenewalOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: AlertRenewalOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#round = this.#renew();
    void this.#round.finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#options.everyMs ?? 30_000);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #renew(): Promise<void> {
    const told = this.#toldUnder();
    const left = [...this.#options.stores.policies.values()].flatMap((policy) =>
      policy.spec.paging
        .filter(({ alertmanager }) => alertmanager !== undefined)
        .map((target) => ({ target, policy, halts: told.get(keyOf(policy)) ?? [] })),
    );
    const renewInTurn = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await this.#renewAt(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, renewInTurn));
  }

  /** The halts of which somebody knows, by the key of the policy that answers for each now: it may have another name than it had. */
  #toldUnder(): ReadonlyMap<string, readonly NodeHalt[]> {
    const { stores, now } = this.#options;
    const under = new Map<string, NodeHalt[]>();
    for (const halt of stores.halts.values()) {
      const isTold = pagesOf(halt).some((page) => page.delivered.length > 0 && isToBeTold(page, now()));
      const policy = isTold ? policyOf(halt, stores) : undefined;
      if (policy === undefined) continue;
      const key = keyOf(policy);
      const halts = under.get(key) ?? [];
      halts.push(halt);
      under.set(key, halts);
    }
    return under;
  }

  async #renewAt({ target, policy, halts }: Round): Promise<void> {
    const { api, hosts, deliver, log } = this.#options;
    const { namespace = "" } = policy.metadata;
    const means = { hosts, readSecret: (ref: SecretKeyRef) => readSecretKey(api, namespace, ref) };
    const left = [...halts];
    try {
      while (left.length > 0 && !this.#stopped) {
        const alerts = this.#nextOf(left, target, policy);
        if (alerts.length === 0) continue;
        const request = await alertsRequest(target.alertmanager ?? {}, alerts, means);
        await deliver(request);
      }
    } catch (error) {
      log.warn({ object: keyOf(policy), error: messageOf(error) }, "alerts were not renewed");
    }
  }

  /** The alerts of one request, taken off `left`, as they are now: others may have kept the round waiting since it began. */
  #nextOf(left: NodeHalt[], target: PagingTarget, { metadata }: HaltPolicy): readonly Alert[] {
    const { stores, now } = this.#options;
    const id = targetId(target);
    const alerts: Alert[] = [];
    while (left.length > 0 && alerts.length < BATCH) {
      const known = left.shift();
      const halt = known && stores.halts.get(keyOf(known));
      if (halt === undefined || halt.metadata.uid !== known?.metadata.uid) continue;
      const policy = policyOf(halt, stores);
      const isNamed = policy?.spec.paging.some((named) => targetId(named) === id) ?? false;
      if (policy !== undefined && isNamed && keyOf(policy) === keyOf({ metadata }))
        alerts.push(...alertsOf(halt, id, now()));
    }
    return alerts;
  }
}

/** What is sent to one target of one policy. */
interface Round {
  readonly target: PagingTarget;
  readonly policy: HaltPolicy;
  readonly halts: readonly NodeHalt[];
}

/** The alerts of a halt at a target that knows of them. Two pages for one reason are one alert: that of the later. */
function alertsOf(halt: NodeHalt, target: string, now: number): readonly Alert[] {
  const pages = new Map(pagesOf(halt).map((page) => [page.reason, page]));
  return [...pages.values()]
    .filter((page) => page.delivered.includes(target) && isToBeTold(page, now))
    .map((page) => alertOf(pageOf(halt, page), now));
}

function isToBeTold({ resolvedAt }: PageRecord, now: number): boolean {
  return resolvedAt === undefined || now - Date.parse(resolvedAt) < RESOLVED_MS;
}
