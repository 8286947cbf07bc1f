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
/** Alertmanager forgets an alert at its `endsAt`; a page is an event of the past, so it gets a day. */
const ALERT_LASTS_MS = 24 * 3_600_000;

/**
 * The request that carries `page` to a target. Built anew at each attempt with the same bytes.
 *
 * @throws {ControllerError} `bad-reference` when a Secret or its key is missing, or holds no http(s) URL.
 */
export async function pageRequest(
  target: PagingTarget,
  page: Page,
  readSecret: ReadSecret,
): Promise<PageRequest> {
  if (target.webhook !== undefined) return webhookRequest(target.webhook, page, readSecret);
  if (target.alertmanager !== undefined) return alertmanagerRequest(target.alertmanager, page, readSecret);
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
  const signed = secret === undefined ? {} : { [SIGNATURE_HEADER]: signatureOf(body, secret, page.at) };
  return { url, headers: { "idempotency-key": page.key, ...signed }, body };
}

/** Alertmanager tells alerts apart by their labels, so they are made of what never changes about the page. */
async function alertmanagerRequest(
  target: NonNullable<PagingTarget["alertmanager"]>,
  page: Page,
  readSecret: ReadSecret,
): Promise<PageRequest> {
  const { namespace, pod, container, severity, reason, haltReason, nodeHalt } = page;
  const alert = {
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
    endsAt: new Date(Date.parse(page.at) + ALERT_LASTS_MS).toISOString(),
  };
  const url = new URL(await urlOf(target, readSecret));
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/api/v2/alerts`;
  return {
    url: url.href,
    headers: { "idempotency-key": page.key },
    body: JSON.stringify([alert]),
  };
}

async function pagerDutyRequest(
  { routingKeySecretRef, url = PAGER_DUTY_URL }: NonNullable<PagingTarget["pagerDuty"]>,
  page: Page,
  readSecret: ReadSecret,
): Promise<PageRequest> {
  const event = {
    routing_key: await readSecret(routingKeySecretRef),
    event_action: "trigger",
    dedup_key:
      page.key.length <= DEDUP_KEY_MAX ? page.key : createHash("sha256").update(page.key).digest("hex"),
    client: "upgrade-halt mini-controller",
    payload: {
      summary: page.summary,
      source: `${page.namespace}/${page.pod}`,
      severity: page.severity,
      timestamp: page.at,
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
