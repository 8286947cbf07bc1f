import { PageReceiver } from "@upgrade-halt/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { HaltPolicy } from "../api/halt-policy.ts";
import type { NodeHalt, PageRecord } from "../api/node-halt.ts";
import { resolving } from "../journal/journal-entry.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { haltWith, NOW, policyWith } from "../testing/observations.ts";
import { LOCAL_PAGERS } from "../testing/test-controller.ts";
import { KnownTargets, targetId } from "./known-targets.ts";
import { sendPage } from "./pager.ts";

const receivers: PageReceiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

async function receiver(status = 200): Promise<PageReceiver> {
  const started = await PageReceiver.start();
  started.status = status;
  receivers.push(started);
  return started;
}

const record: PageRecord = {
  key: "k",
  reason: "r",
  summary: "s",
  at: "2026-08-21T18:00:00Z",
  delivered: [],
  attempts: 0,
  state: "Pending",
};
const TARGET = expect.stringMatching(/^webhook-[0-9a-f]{12}$/);
const haltPaging = (page: PageRecord): NodeHalt => haltWith({}, { phase: "Held", page });
const webhooks = (...urls: readonly string[]) =>
  policyWith({ paging: urls.map((url) => ({ webhook: { url } })) });

async function attempt(
  page: PageRecord,
  policy: HaltPolicy | undefined,
  now = NOW,
  known = new KnownTargets(),
) {
  return await sendPage({
    api: new FakeApi(),
    halt: haltPaging(page),
    page,
    policy,
    hosts: LOCAL_PAGERS,
    known,
    now: () => now,
  });
}

describe("sending a page", () => {
  test("is confirmed when every target took it", async () => {
    const [a, b] = [await receiver(), await receiver()];
    const { page, condition } = await attempt(record, webhooks(a.url, b.url));
    expect(page).toMatchObject({ state: "Sent", delivered: [TARGET, TARGET], attempts: 1 });
    expect(page.nextAttemptAt).toBeUndefined();
    expect(condition).toMatchObject({ type: "Paged", status: "True", observedGeneration: 1 });
  });

  test("goes again only to those that have not confirmed it", async () => {
    const [a, b] = [await receiver(), await receiver(503)];
    const policy = webhooks(a.url, b.url);
    const first = await attempt(record, policy);
    expect(first.page).toMatchObject({
      state: "Pending",
      delivered: [TARGET],
      lastError: expect.stringMatching(/answered 503/),
    });
    b.status = 200;
    const second = await attempt(first.page, policy);
    expect(second.page).toMatchObject({ state: "Sent", delivered: [TARGET, TARGET], attempts: 2 });
    expect([a.received.length, b.received.length]).toEqual([1, 1]);
  });

  test("skips and doubles none when the targets are listed in another order meanwhile", async () => {
    const [a, b, c] = [await receiver(), await receiver(503), await receiver()];
    const first = await attempt(record, webhooks(a.url, b.url));
    b.status = 200;
    const second = await attempt(first.page, webhooks(c.url, b.url, a.url));
    expect(second.page.state).toBe("Sent");
    expect([a, b, c].map(({ received }) => received.length)).toEqual([1, 1, 1]);
  });

  test("is tried for as long as the receiver is down, ever less often", async () => {
    const down = await receiver(500);
    let [page, now, attempts]: [PageRecord, number, number] = [record, NOW, 0];
    while (now < NOW + 3_600_000) {
      ({ page } = await attempt(page, webhooks(down.url), now));
      now = Date.parse(page.nextAttemptAt ?? "");
      attempts += 1;
    }
    expect(attempts).toBeLessThan(40);
    down.status = 200;
    expect((await attempt(page, webhooks(down.url), now)).page.state).toBe("Sent");
    expect(down.keys()).toEqual(["k"]);
  });

  test("that it is over is told to each target until each knows it", async () => {
    const [a, b] = [await receiver(), await receiver(503)];
    const policy = webhooks(a.url, b.url);
    const over = resolving((await attempt(record, webhooks(a.url))).page, "2026-08-21T19:00:00Z");
    const first = await attempt(over, policy);
    expect(first).toMatchObject({
      page: { state: "Resolving", delivered: [TARGET], attempts: 1 },
      condition: { type: "Paged", status: "True", reason: "ResolutionUndeliverable" },
    });
    b.status = 200;
    const second = await attempt(first.page, policy);
    expect(second).toMatchObject({
      page: { state: "Resolved", delivered: [TARGET, TARGET] },
      condition: { type: "Paged", status: "False", reason: "Resolved" },
    });
    expect([a.keys(), a.resolvedKeys(), a.received.length]).toEqual([["k"], ["k"], 2]);
    expect([b.keys(), b.resolvedKeys()]).toEqual([[], ["k"]]);
  });

  test("that it is over is told to who had it, also where no policy names it any more", async () => {
    const [a, b, known] = [await receiver(), await receiver(), new KnownTargets()];
    const { page: sent } = await attempt(record, webhooks(a.url), NOW, known);
    const over = resolving(sent, "2026-08-21T19:00:00Z");
    for (const policy of [webhooks(b.url), policyWith({ paging: [] })])
      expect(await attempt(over, policy, NOW, known)).toMatchObject({
        page: { state: "Resolved" },
        condition: { reason: "Resolved" },
      });
    expect([a.received.length, b.resolvedKeys()]).toEqual([3, ["k"]]);
  });

  test("that it is over is told to no Alertmanager at which the same alert fires on for a later page", async () => {
    const [a, b] = [await receiver(), await receiver()];
    const alertmanager = { alertmanager: { url: a.url } };
    const policy = policyWith({ paging: [alertmanager, { webhook: { url: b.url } }] });
    const over = resolving((await attempt(record, policy)).page, "2026-08-21T19:00:00Z");
    const tell = async (later: Partial<PageRecord>) => {
      const halt = haltWith(
        {},
        { phase: "Held", page: { ...record, key: "k/2", ...later }, formerPages: [over] },
      );
      const known = new KnownTargets();
      const means = { api: new FakeApi(), hosts: LOCAL_PAGERS, known, now: () => NOW };
      const before = a.received.length;
      const { page } = await sendPage({ ...means, halt, page: over, policy });
      expect(page).toMatchObject({ state: "Resolved", delivered: { length: 2 } });
      return a.received.length - before;
    };
    const delivered = [targetId(alertmanager)];
    expect(await tell({ state: "Sent", delivered })).toBe(0);
    expect(await tell({ state: "Pending", delivered: [] })).toBe(1);
    expect(await tell({ state: "Sent", delivered, reason: "other" })).toBe(1);
    expect(await tell({ state: "Resolved", delivered, resolvedAt: "2026-08-21T19:01:00Z" })).toBe(1);
    expect(b.resolvedKeys()).toEqual(["k"]);
  });

  test("whom nobody can tell that it is over is named to a person, after a few attempts", async () => {
    const [a, b, known] = [await receiver(), await receiver(), new KnownTargets()];
    const { page: sent } = await attempt(record, webhooks(a.url), NOW, known);
    const untold = { page: { state: "Resolved" }, condition: { status: "False", reason: "TargetGone" } };
    const over = resolving(sent, "2026-08-21T19:00:00Z");
    const unknown = await attempt(over, webhooks(b.url), NOW);
    expect(unknown).toMatchObject(untold);
    expect(unknown.condition.message).toContain(`${sent.delivered[0]}: no policy names it any more`);

    a.status = 410;
    let { page, condition } = await attempt(over, webhooks(b.url), NOW, known);
    for (let tries = 1; page.state === "Resolving" && tries < 10; tries += 1)
      ({ page, condition } = await attempt(page, webhooks(b.url), NOW, known));
    expect({ page, condition }).toMatchObject(untold);
    expect(b.received).toHaveLength(2);
  });

  test("has been sent to who took it although the policy names nobody by then", async () => {
    const [a, b] = [await receiver(), await receiver(503)];
    const { page } = await attempt(record, webhooks(a.url, b.url));
    expect((await attempt(page, policyWith({ paging: [] }))).page.state).toBe("Sent");
  });

  test("says that nobody is named, or that the policy is gone", async () => {
    for (const policy of [policyWith({ paging: [] }), undefined]) {
      expect(await attempt(record, policy)).toMatchObject({
        page: { state: "NoTarget" },
        condition: { reason: "NoTarget" },
      });
    }
  });

  test("says where a Secret is missing, and never what a URL holds", async () => {
    const secret = policyWith({ paging: [{ webhook: { urlSecretRef: { name: "pager", key: "url" } } }] });
    expect((await attempt(record, secret)).condition.message).toBe("Secret sei/pager is not there");
    const gone = await receiver();
    const url = `${gone.url}/t0ps3cret?token=t0ps3cret`;
    await gone.stop();
    receivers.splice(0);
    const { page } = await attempt(record, webhooks(url));
    expect(page.lastError).toMatch(/can't be reached: ECONNREFUSED/);
    expect(JSON.stringify(page)).not.toContain("t0ps3cret");
  });
});
