import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PageRecord } from "../api/node-halt.ts";
import type { PagingTarget } from "../api/paging.ts";
import { haltWith } from "../testing/observations.ts";
import { type Page, pageOf } from "./page.ts";
import { pageRequest } from "./page-request.ts";
import { PagingHosts } from "./paging-hosts.ts";

const record: PageRecord = {
  key: "upgrade-halt/sei/sei-0-0-x/ImageMappingMissing",
  reason: "ImageMappingMissing",
  summary: "sei/sei-0-0 halted",
  at: "2026-08-21T18:00:00.123Z",
  delivered: [],
  attempts: 0,
  state: "Pending",
};
const page: Page = pageOf(haltWith(), record);
const secrets: Readonly<Record<string, string>> = {
  url: "https://hooks.example/s3cret\n",
  hmac: "key",
  routing: "R0UT1NG",
};
const EVERYWHERE = PagingHosts.parse("*,http://*:*");
const readSecret = async ({ key }: { readonly key: string }) => ({
  value: secrets[key] ?? "",
  hosts: undefined,
});
const resolved: Page = pageOf(haltWith(), { ...record, resolvedAt: "2026-08-21T19:00:00.456Z" });
const NOW = Date.parse("2026-08-23T18:00:00Z");
const requestFor = (target: PagingTarget, about = page) =>
  pageRequest(target, about, { readSecret, hosts: EVERYWHERE }, NOW);

describe("a page's request", () => {
  test("to a webhook carries its stable key, and where its URL is a secret takes it from there", async () => {
    const { url, headers, body } = await requestFor({
      webhook: { urlSecretRef: { name: "pager", key: "url" } },
    });
    expect(url).toBe("https://hooks.example/s3cret");
    expect(headers["idempotency-key"]).toBe(record.key);
    expect(JSON.parse(body)).toEqual({
      key: record.key,
      reason: "ImageMappingMissing",
      severity: "critical",
      summary: "sei/sei-0-0 halted",
      namespace: "sei",
      pod: "sei-0-0",
      container: "seid",
      nodeHalt: "sei-0-0-upgrade-required-93ed791d3cc9",
      haltReason: "upgrade_required",
      planName: "v6.7",
      height: 30,
      image: "registry/seid:v6.6",
      at: record.at,
      state: "firing",
    });
  });

  test("to a webhook that it is over is another message under the page's key", async () => {
    const { headers, body } = await requestFor({ webhook: { url: "http://x" } }, resolved);
    expect(headers["idempotency-key"]).toBe(`${record.key}/resolved`);
    expect(JSON.parse(body)).toMatchObject({
      key: record.key,
      state: "resolved",
      resolvedAt: "2026-08-21T19:00:00.456Z",
    });
  });

  test("to a webhook with a key is signed over time and body, the same at every attempt", async () => {
    const target = { webhook: { url: "http://x", hmacSecretRef: { name: "pager", key: "hmac" } } };
    const [first, second] = [await requestFor(target), await requestFor(target)];
    const seconds = Math.floor(Date.parse(record.at) / 1000);
    const digest = createHmac("sha256", "key").update(`${seconds}.${first.body}`).digest("hex");
    expect(first.headers["upgrade-halt-signature"]).toBe(`t=${seconds},v1=${digest}`);
    expect(second).toEqual(first);
    const { headers } = await requestFor(target, resolved);
    expect(headers["upgrade-halt-signature"]).toMatch(`t=${seconds + 3600},v1=`);
  });

  test("to Alertmanager is one alert told apart by what never changes", async () => {
    const { url, body } = await requestFor({ alertmanager: { url: "http://alertmanager:9093/" } });
    expect(url).toBe("http://alertmanager:9093/api/v2/alerts");
    expect(JSON.parse(body)).toEqual([
      {
        labels: {
          alertname: "UpgradeHalt",
          namespace: "sei",
          pod: "sei-0-0",
          container: "seid",
          severity: "critical",
          reason: "ImageMappingMissing",
          halt_reason: "upgrade_required",
          node_halt: "sei-0-0-upgrade-required-93ed791d3cc9",
        },
        annotations: {
          summary: "sei/sei-0-0 halted",
          key: record.key,
          image: "registry/seid:v6.6",
          plan: "v6.7",
        },
        startsAt: record.at,
        endsAt: "2026-08-24T18:00:00.000Z",
      },
    ]);
  });

  test("to Alertmanager that it is over ends the same alert", async () => {
    const alertOf = async (about: Page) =>
      JSON.parse((await requestFor({ alertmanager: { url: "http://alertmanager:9093" } }, about)).body)[0];
    const [firing, over] = [await alertOf(page), await alertOf(resolved)];
    expect(over).toEqual({ ...firing, endsAt: "2026-08-21T19:00:00.456Z" });
  });

  test.each([
    ["behind the one that paged", "2026-08-21T18:00:15.000Z", "2026-08-21T18:00:15.000Z"],
    ["as far as the one that paged", "2026-08-21T18:00:00.000Z", "2026-08-21T18:00:00.000Z"],
    ["far behind what the journal says already", "2026-08-21T18:00:15.000Z", "2026-08-21T17:00:00.000Z"],
  ])("to Alertmanager ends an alert after it began, by a clock that is %s", async (_, at, resolvedAt) => {
    const now = Date.parse("2026-08-21T18:00:00.000Z");
    const over = pageOf(haltWith(), { ...record, at, resolvedAt });
    const target = { alertmanager: { url: "http://alertmanager:9093" } };
    const means = { readSecret, hosts: EVERYWHERE };
    const [alert] = JSON.parse((await pageRequest(target, over, means, now)).body);
    expect(Date.parse(alert.startsAt)).toBeLessThan(Date.parse(alert.endsAt));
    expect(Date.parse(alert.endsAt)).toBeLessThanOrEqual(now);
  });

  test("to an Alertmanager below a path, or behind a token in its query", async () => {
    const urlFor = async (url: string) => (await requestFor({ alertmanager: { url } })).url;
    expect(await urlFor("https://x/alerts/")).toBe("https://x/alerts/api/v2/alerts");
    expect(await urlFor("https://x/alerts?token=t")).toBe("https://x/alerts/api/v2/alerts?token=t");
  });

  test("to PagerDuty triggers under the page's key", async () => {
    const { url, body } = await requestFor({
      pagerDuty: { routingKeySecretRef: { name: "pd", key: "routing" } },
    });
    expect(url).toBe("https://events.pagerduty.com/v2/enqueue");
    expect(JSON.parse(body)).toMatchObject({
      routing_key: "R0UT1NG",
      event_action: "trigger",
      dedup_key: record.key,
      payload: { severity: "critical", source: "sei/sei-0-0", timestamp: record.at },
    });
  });

  test("to PagerDuty that it is over resolves what has the page's key", async () => {
    const target = { pagerDuty: { routingKeySecretRef: { name: "pd", key: "routing" } } };
    const { body } = await requestFor(target, resolved);
    expect(JSON.parse(body)).toMatchObject({ event_action: "resolve", dedup_key: record.key });
  });

  test("to PagerDuty under keys that stay apart however long they are", async () => {
    const target = { pagerDuty: { routingKeySecretRef: { name: "pd", key: "routing" } } };
    const keyFor = async (reason: string) => {
      const key = `upgrade-halt/sei/${"x".repeat(250)}/${reason}`;
      return JSON.parse((await requestFor(target, { ...page, key })).body).dedup_key;
    };
    const keys = [await keyFor("HaltedAgain"), await keyFor("RecoveryTimedOut"), await keyFor("HaltedAgain")];
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key.length).toBeLessThanOrEqual(255);
  });

  test.each([
    ["a file", { webhook: { url: "file:///etc/passwd" } }],
    ["nothing", { webhook: { urlSecretRef: { name: "pager", key: "empty" } } }],
  ] as readonly [string, PagingTarget][])("to %s is refused", async (_, target) => {
    await expect(requestFor(target)).rejects.toMatchObject({ code: "bad-reference" });
  });
});
