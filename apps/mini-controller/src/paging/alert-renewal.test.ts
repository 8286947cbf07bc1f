import { PageReceiver, until } from "@upgrade-halt/testing";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import type { NodeHaltStatus, PageRecord } from "../api/node-halt.ts";
import { createStores, type Stores } from "../model/stores.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { haltWith, NOW, policyWith } from "../testing/observations.ts";

import { LOCAL_PAGERS } from "../testing/test-controller.ts";
import { AlertRenewal } from "./alert-renewal.ts";
import { deliver } from "./delivery.ts";
import { targetId } from "./known-targets.ts";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const HOUR_MS = 3_600_000;
const at = (ms: number) => new Date(NOW + ms).toISOString();

/** The ends that a round tells an Alertmanager of a halt's alerts, by their reasons. */
async function renewed(
  status: NodeHaltStatus,
  told = true,
  policyName = "sei",
): Promise<readonly Record<string, string>[]> {
  const receiver = await PageReceiver.start();
  undo.push(() => receiver.stop());
  const target = { alertmanager: { url: receiver.url } };
  const delivered = told ? [targetId(target)] : [];
  const put = <T extends object>(page: T) => ({ ...page, delivered });
  const { page, formerPages } = status;
  const stores = createStores();
  const policy = policyWith({ paging: [target] });
  stores.policies.put({ ...policy, metadata: { ...policy.metadata, name: policyName } });
  stores.pods.put({
    metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1" },
    spec: { containers: [] },
  });
  stores.halts.put(
    haltWith({}, { phase: "Held", ...status, page: page && put(page), formerPages: formerPages?.map(put) }),
  );
  const renewal = new AlertRenewal({
    api: new FakeApi(),
    stores,
    deliver,
    hosts: LOCAL_PAGERS,
    now: () => NOW,
    log: pino({ level: "silent" }),
    everyMs: 5,
  });
  undo.push(() => renewal.stop());
  renewal.start();
  if (!told) {
    await renewal.stop();
    return receiver.received.map(() => ({}));
  }
  await until("two rounds", () => receiver.received.length > 1);
  const [first, second] = receiver.received.map(({ path, body }) => ({ path, alerts: JSON.parse(body) }));
  expect(second).toEqual(first);
  expect(first?.path).toBe("/api/v2/alerts");
  return first?.alerts.map(({ labels, endsAt }: { labels: { reason: string }; endsAt: string }) => ({
    [labels.reason]: endsAt,
  }));
}

const page: PageRecord = {
  key: "k",
  reason: "ImageMappingMissing",
  summary: "s",
  at: at(-90 * HOUR_MS),
  delivered: [],
  attempts: 1,
  state: "Sent",
};

test("an alert that was delivered fires on for as long as its page stands", async () => {
  expect(await renewed({ page })).toEqual([{ ImageMappingMissing: at(24 * HOUR_MS) }]);
});

test("the alert of a halt that ended fires on under the policy's other name", async () => {
  const status: NodeHaltStatus = { phase: "Failed", reason: "RecoveryTimedOut", page };
  expect(await renewed(status, true, "validators")).toEqual([{ ImageMappingMissing: at(24 * HOUR_MS) }]);
});

test("the end of an alert is told again, unless the same alert fires anew", async () => {
  const over: PageRecord = { ...page, state: "Resolved", resolvedAt: at(-60_000) };
  const other = { ...page, reason: "RecoveryTimedOut" };
  expect(await renewed({ page: other, formerPages: [over] })).toEqual([
    { ImageMappingMissing: at(-60_000) },
    { RecoveryTimedOut: at(24 * HOUR_MS) },
  ]);
  const again = { ...page, key: "k/2" };
  expect(await renewed({ page: again, formerPages: [over] })).toEqual([
    { ImageMappingMissing: at(24 * HOUR_MS) },
  ]);
});

test("an alert that its Alertmanager was never told is left to its page", async () => {
  expect(await renewed({ page }, false)).toEqual([]);
});

test.each<[string, (stores: Stores, name: string) => void]>([
  [
    "of a NodeHalt that was deleted",
    ({ halts }, name) => halts.delete(`${name}/${haltWith().metadata.name}`),
  ],
  ["of a target that its policy names no more", ({ policies }, name) => setPolicy(policies, name, [])],
])("an alert %s while other targets kept the round waiting is not sent", async (_, change) => {
  const stores = createStores();
  const slow = Array.from({ length: 8 }, (_, index) => ({
    alertmanager: { url: `http://127.0.0.1:1/slow-${index}` },
  }));
  const [own, last] = ["own", "last"].map((name) => [
    { alertmanager: { url: `http://127.0.0.1:1/${name}` } },
  ]) as [typeof slow, typeof slow];
  const put = (name: string, paging: typeof slow) => {
    setPolicy(stores.policies, name, paging);
    const told = { ...page, delivered: paging.map(targetId) };
    const halt = haltWith({ policyName: name }, { phase: "Held", page: told });
    stores.halts.put({ ...halt, metadata: { ...halt.metadata, namespace: name, uid: name } });
  };
  put("a", slow);
  put("b", own);
  put("c", last);
  const sent: string[] = [];
  const gate = Promise.withResolvers<void>();
  const renewal = new AlertRenewal({
    ...{ api: new FakeApi(), stores, hosts: LOCAL_PAGERS, now: () => NOW, log: pino({ level: "silent" }) },
    everyMs: HOUR_MS,
    deliver: async ({ url }) => {
      sent.push(url);
      if (url.includes("slow")) await gate.promise;
    },
  });
  renewal.start();
  await until("the slow ones to be asked", () => sent.length === slow.length);

  change(stores, "b");
  gate.resolve();

  await until("the last", () => sent.some((url) => url.includes("last")));
  await renewal.stop();
  expect(sent.filter((url) => url.includes("own"))).toEqual([]);
});

function setPolicy(policies: Stores["policies"], name: string, paging: readonly object[]): void {
  const policy = policyWith({ paging });
  policies.put({ ...policy, metadata: { ...policy.metadata, name, namespace: name } });
}
