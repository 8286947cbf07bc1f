import { describe, expect, test } from "vitest";
import { PAGING_HOSTS, PURPOSE } from "../api/group.ts";
import type { PageRecord } from "../api/node-halt.ts";
import type { PagingTarget } from "../api/paging.ts";
import { collectionPath, SECRETS } from "../kube/paths.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { haltWith } from "../testing/observations.ts";
import { pageOf } from "./page.ts";
import { pageRequest } from "./page-request.ts";
import { PagingHosts } from "./paging-hosts.ts";
import { readSecretKey } from "./secrets.ts";

const record: PageRecord = {
  key: "k",
  reason: "r",
  summary: "s",
  at: "2026-08-21T18:00:00Z",
  delivered: [],
  attempts: 0,
  state: "Pending",
};
const VALUE = "n0t-a-real-key";

/** The request for a target where Secret `s` has these marks, its key `k` this value. */
async function request(
  target: PagingTarget,
  { marks = {}, value = VALUE, hosts = "*,http://*:*,http://127.0.0.1:*" },
) {
  const api = new FakeApi();
  const body = { metadata: { name: "s", namespace: "sei", ...marks }, data: { k: btoa(value) } };
  await api.create(collectionPath(SECRETS, "sei"), body);
  const means = {
    hosts: PagingHosts.parse(hosts),
    readSecret: (ref: { readonly name: string; readonly key: string }) => readSecretKey(api, "sei", ref),
  };
  return await pageRequest(target, pageOf(haltWith(), record), means, 0);
}

const ref = { name: "s", key: "k" };
const labelled = { labels: { [PURPOSE]: "paging" } };
const refused = (code: string) => expect.objectContaining({ code });

describe("a Secret", () => {
  test.each([
    { pagerDuty: { routingKeySecretRef: ref } },
    { webhook: { urlSecretRef: ref } },
    { webhook: { url: "https://x.example", hmacSecretRef: ref } },
    { alertmanager: { urlSecretRef: ref } },
  ] as readonly PagingTarget[])("that is not marked for paging is used for nothing: %j", async (target) => {
    const value = "https://x.example/";
    for (const marks of [{}, { labels: { [PURPOSE]: "backup" } }, { labels: { purpose: "paging" } }])
      await expect(request(target, { marks, value })).rejects.toEqual(refused("secret-not-marked"));
    await request(target, { marks: labelled, value });
    await request(target, { marks: { annotations: { [PURPOSE]: "paging" } }, value });
  });

  test.each(["absent", "constructor", "toString", "__proto__"])(
    "without the key %s has none",
    async (key) => {
      const target = { pagerDuty: { routingKeySecretRef: { name: "s", key } } };
      await expect(request(target, { marks: labelled })).rejects.toEqual(refused("bad-reference"));
    },
  );

  test.each([undefined, null, {}])("with the data %s has no key", async (data) => {
    const api = new FakeApi();
    await api.create(collectionPath(SECRETS, "sei"), { metadata: { name: "s", ...labelled }, data });
    await expect(readSecretKey(api, "sei", ref)).rejects.toEqual(refused("bad-reference"));
  });

  test("that is not marked tells nothing of its keys", async () => {
    const target = { pagerDuty: { routingKeySecretRef: { name: "s", key: "absent" } } };
    await expect(request(target, {})).rejects.toEqual(refused("secret-not-marked"));
  });

  test("with a routing key is for PagerDuty alone, unless it says otherwise itself", async () => {
    const to = (url: string): PagingTarget => ({ pagerDuty: { url, routingKeySecretRef: ref } });
    for (const url of [
      "https://hooks.example/v2",
      "http://events.pagerduty.com/v2",
      "http://collect.example:8080",
    ])
      await expect(request(to(url), { marks: labelled })).rejects.toEqual(refused("host-not-allowed"));
    const own = { ...labelled, annotations: { [PAGING_HOSTS]: "relay.example,http://in.example:8080" } };
    expect((await request(to("http://in.example:8080/v2"), { marks: own })).body).toContain(VALUE);
    await expect(request(to("https://events.pagerduty.com/v2"), { marks: own })).rejects.toEqual(
      refused("host-not-allowed"),
    );
    expect((await request(to("https://events.eu.pagerduty.com/v2"), { marks: labelled })).body).toContain(
      VALUE,
    );
    expect((await request(to("http://127.0.0.1:9/v2"), { marks: labelled })).body).toContain(VALUE);
  });

  test("goes nowhere that the controller may not page, whatever it says itself", async () => {
    const own = { ...labelled, annotations: { [PAGING_HOSTS]: "*,http://*:*" } };
    const target = { pagerDuty: { url: "https://relay.example", routingKeySecretRef: ref } };
    await expect(request(target, { marks: own, hosts: "events.pagerduty.com" })).rejects.toEqual(
      refused("host-not-allowed"),
    );
  });

  test("with a URL is held to the controller's receivers as well", async () => {
    const target = { webhook: { urlSecretRef: ref } };
    for (const value of [
      "https://169.254.169.254/latest",
      "http://[::ffff:a9fe:a9fe]/",
      "https://evil.example/x",
    ])
      await expect(
        request(target, { marks: labelled, value, hosts: "hooks.example,169.254.169.254" }),
      ).rejects.toEqual(refused("host-not-allowed"));
  });

  test("may have credentials in its URL, which go into a header; a policy may not", async () => {
    const value = "https://who:p%40ss@x.example/hook";
    const { url, headers } = await request({ webhook: { urlSecretRef: ref } }, { marks: labelled, value });
    expect(url).toBe("https://x.example/hook");
    expect(headers.authorization).toBe(`Basic ${btoa("who:p@ss")}`);
    await expect(request({ webhook: { url: value } }, {})).rejects.toEqual(refused("bad-reference"));
  });
});
