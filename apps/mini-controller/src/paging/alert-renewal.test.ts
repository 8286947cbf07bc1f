import { PageReceiver, until } from "@upgrade-halt/testing";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import type { NodeHaltStatus, PageRecord } from "../api/node-halt.ts";
import { createStores } from "../model/stores.ts";
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
