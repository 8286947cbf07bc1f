import { createHash } from "node:crypto";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { ControllerError } from "../controller-error.ts";
import type { PageRequest } from "./delivery.ts";
import type { Page } from "./page.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";

/** Reads a value from a Secret of the policy's namespace. */
export type ReadSecret = (ref: SecretKeyRef) => Promise<string>;

/** Longest `dedup_key` that PagerDuty takes. Cut off, the keys of two reasons would be one. */
const DEDUP_KEY_MAX = 255;
const PAGER_DUTY_URL = "https://events.pagerduty.com/v2/enqueue";
/** How long an alert fires that nobody sends again: longer than a controller may be away unnoticed. */
const ALERT_LASTS_MS = 24 * 3_600_000;

/**
 * The request that carries `page`, or that it is over, to a target. Built anew at each attempt, and but for an alert's
 * end with the same bytes.
 *
 * @throws {ControllerError} `bad-reference` when a Secret or its key is missing, or holds no http(s) URL.
 */
export async function pageRequest(
  target: PagingTarget,
  page: Page,
  readSecret: ReadSecret,
  now: number,
): Promise<PageRequest> {
  if (target.webhook !== undefined) return webhookRequest(target.webhook, page, readSecret);
  if (target.alertmanager !== undefined)
    return alertsRequest(target.alertmanager, [alertOf(page, now)], readSecret);
  if (target.pagerDuty !== undefined) return pagerDutyRequest(target.pagerDuty, page, readSecret);
  throw new ControllerError("bad-reference", "the paging target names no receiver");
}

async function webhookRequest(
  target: NonNullable<PagingTarget["webhook"]>,
  page: Page,
  readSecret: ReadSecret,
): Promise<PageRequest> {
  const body = JSON.stringify(page);
  const url = await urlOf(target, readSecret);
  const secret = target.hmacSecretRef === undefined ? undefined : await readSecret(target.hmacSecretRef);
  const at = page.resolvedAt ?? page.at;
  const signed = secret === undefined ? {} : { [SIGNATURE_HEADER]: signatureOf(body, secret, at) };
  // That a page is over is another message: a receiver that knows the page's key already must take it all the same.
  const key = page.state === "firing" ? page.key : `${page.key}/resolved`;
  return { url, headers: { "idempotency-key": key, ...signed }, body };
}

/** An alert as Alertmanager's v2 API takes it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/**
 * The alert that stands for a page. Alertmanager tells alerts apart by their labels, so they are made of what never
 * changes about the page; one that fires has to be sent again before its `endsAt`.
 */
export function alertOf(page: Page, now: number): Alert {
  const { namespace, pod, container, severity, reason, haltReason, nodeHalt } = page;
  return {
    labels: {
      alertname: "UpgradeHalt",
      namespace,
      pod,
      container,
      severity,
      reason,
      halt_reason: haltReason,
      node_halt: nodeHalt,
    },
    annotations: { summary: page.summary, key: page.key, image: page.image, plan: page.planName ?? "" },
    startsAt: page.at,
    endsAt: page.resolvedAt ?? new Date(now + ALERT_LASTS_MS).toISOString(),
  };
}

/**
 * The request that carries alerts to an Alertmanager.
 *
 * @throws {ControllerError} as `pageRequest`.
 */
export async function alertsRequest(
  target: NonNullable<PagingTarget["alertmanager"]>,
  alerts: readonly Alert[],
  readSecret: ReadSecret,
): Promise<PageRequest> {
  const url = new URL(await urlOf(target, readSecret));
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return { url: url.href, headers: {}, body: JSON.stringify(alerts) };
}

async function pagerDutyRequest(
  { routingKeySecretRef, url = PAGER_DUTY_URL }: NonNullable<PagingTarget["pagerDuty"]>,
  page: Page,
  readSecret: ReadSecret,
): Promise<PageRequest> {
  const event = {
    routing_key: await readSecret(routingKeySecretRef),
    event_action: page.state === "firing" ? "trigger" : "resolve",
    dedup_key:
      page.key.length <= DEDUP_KEY_MAX ? page.key : createHash("sha256").update(page.key).digest("hex"),
    client: "upgrade-halt mini-controller",
    payload: {
      summary: page.summary,
      source: `${page.namespace}/${page.pod}`,
      severity: page.severity,
      timestamp: page.resolvedAt ?? page.at,
      component: page.container,
      group: page.namespace,
      class: page.reason,
      custom_details: page,
    },
  };
  return { url, headers: {}, body: JSON.stringify(event) };
}

async function urlOf(
  {
    url,
    urlSecretRef,
  }: { readonly url?: string | undefined; readonly urlSecretRef?: SecretKeyRef | undefined },
  readSecret: ReadSecret,
): Promise<string> {
  if (urlSecretRef === undefined) return checked(url ?? "", "url");
  const { name, key } = urlSecretRef;
  return checked((await readSecret(urlSecretRef)).trim(), `key ${key} of Secret ${name}`);
}

function checked(url: string, where: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new ControllerError("bad-reference", `${where} holds no http(s) URL`);
}
