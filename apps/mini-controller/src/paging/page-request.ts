import { createHash } from "node:crypto";
import type { PagingTarget, SecretKeyRef } from "../api/paging.ts";
import { ControllerError } from "../controller-error.ts";
import type { PageRequest } from "./delivery.ts";
import { destinationOf, expectMeantFor } from "./destination.ts";
import type { Page } from "./page.ts";
import { PAGER_DUTY_HOSTS, PagingHosts } from "./paging-hosts.ts";
import type { PagingSecret } from "./secrets.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";

/** Reads a value from a Secret of the policy's namespace. */
export type ReadSecret = (ref: SecretKeyRef) => Promise<PagingSecret>;

/** What a request is made with: the Secrets of one namespace, and the receivers that may be paged. */
export interface PagingMeans {
  readonly readSecret: ReadSecret;
  readonly hosts: PagingHosts;
}

/** Longest `dedup_key` that PagerDuty takes. Cut off, the keys of two reasons would be one. */
const DEDUP_KEY_MAX = 255;
const PAGER_DUTY_URL = "https://events.pagerduty.com/v2/enqueue";
/** A routing key is for PagerDuty, unless its Secret says otherwise. */
const PAGER_DUTY = PagingHosts.parse(PAGER_DUTY_HOSTS);
/** How long an alert fires that nobody sends again: longer than a controller may be away unnoticed. */
const ALERT_LASTS_MS = 24 * 3_600_000;

/**
 * The request that carries `page`, or that it is over, to a target. Built anew at each attempt, and but for an alert's
 * end with the same bytes.
 *
 * @throws {ControllerError} `bad-reference` when a Secret or its key is missing, or holds no http(s) URL;
 * `secret-not-marked` and `host-not-allowed` when it must not be used, or must not go there.
 */
export async function pageRequest(
  target: PagingTarget,
  page: Page,
  means: PagingMeans,
  now: number,
): Promise<PageRequest> {
  if (target.webhook !== undefined) return webhookRequest(target.webhook, page, means);
  if (target.alertmanager !== undefined)
    return alertsRequest(target.alertmanager, [alertOf(page, now)], means);
  if (target.pagerDuty !== undefined) return pagerDutyRequest(target.pagerDuty, page, means);
  throw new ControllerError("bad-reference", "the paging target names no receiver");
}

async function webhookRequest(
  target: NonNullable<PagingTarget["webhook"]>,
  page: Page,
  means: PagingMeans,
): Promise<PageRequest> {
  const body = JSON.stringify(page);
  const url = await urlOf(target, means);
  const signed = await signatureHeader(target, url, body, page, means);
  // That a page is over is another message: a receiver that knows the page's key already must take it all the same.
  const key = page.state === "firing" ? page.key : `${page.key}/resolved`;
  return requestTo(url, body, { "idempotency-key": key, ...signed });
}

async function signatureHeader(
  { hmacSecretRef }: NonNullable<PagingTarget["webhook"]>,
  url: URL,
  body: string,
  page: Page,
  means: PagingMeans,
): Promise<Readonly<Record<string, string>>> {
  if (hmacSecretRef === undefined) return {};
  const { value, hosts } = await means.readSecret(hmacSecretRef);
  expectMeantFor(url, `Secret ${hmacSecretRef.name}`, hosts);
  return { [SIGNATURE_HEADER]: signatureOf(body, value, page.resolvedAt ?? page.at) };
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
    ...timesOf(page, now),
  };
}

/**
 * An alert that is over ends now at the latest by this clock, so that it does end however wrong the clock of the page was.
 * Alertmanager refuses one that does not begin before it ends.
 */
function timesOf({ at, resolvedAt }: Page, now: number): Pick<Alert, "startsAt" | "endsAt"> {
  const ends = resolvedAt === undefined ? now + ALERT_LASTS_MS : Math.min(Date.parse(resolvedAt), now);
  const startsAt = Date.parse(at) < ends ? at : new Date(ends - 1).toISOString();
  return { startsAt, endsAt: new Date(ends).toISOString() };
}

/**
 * The request that carries alerts to an Alertmanager.
 *
 * @throws {ControllerError} as `pageRequest`.
 */
export async function alertsRequest(
  target: NonNullable<PagingTarget["alertmanager"]>,
  alerts: readonly Alert[],
  means: PagingMeans,
): Promise<PageRequest> {
  const url = await urlOf(target, means);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return requestTo(url, JSON.stringify(alerts));
}

async function pagerDutyRequest(
  { routingKeySecretRef, url: given = PAGER_DUTY_URL }: NonNullable<PagingTarget["pagerDuty"]>,
  page: Page,
  { readSecret, hosts }: PagingMeans,
): Promise<PageRequest> {
  const url = destinationOf(given, { kind: "policy" }, hosts);
  const secret = await readSecret(routingKeySecretRef);
  expectMeantFor(url, `Secret ${routingKeySecretRef.name}`, secret.hosts, PAGER_DUTY);
  const event = {
    routing_key: secret.value,
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
  return requestTo(url, JSON.stringify(event));
}

async function urlOf(
  {
    url,
    urlSecretRef,
  }: { readonly url?: string | undefined; readonly urlSecretRef?: SecretKeyRef | undefined },
  { readSecret, hosts }: PagingMeans,
): Promise<URL> {
  if (urlSecretRef === undefined) return destinationOf(url ?? "", { kind: "policy" }, hosts);
  const { name, key } = urlSecretRef;
  const secret = await readSecret(urlSecretRef);
  const where = `key ${key} of Secret ${name}`;
  const found = destinationOf(secret.value.trim(), { kind: "secret", where }, hosts);
  expectMeantFor(found, `Secret ${name}`, secret.hosts);
  return found;
}

/** Credentials in a URL go where HTTP has them. */
function requestTo(url: URL, body: string, headers: Readonly<Record<string, string>> = {}): PageRequest {
  if (url.username === "" && url.password === "") return { url: url.href, headers, body };
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return { url: bare.href, headers: { ...headers, authorization }, body };
}
