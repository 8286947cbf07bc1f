import { pino } from "pino";
import { expect, test } from "vitest";
import { ControllerError } from "../controller-error.ts";
import { createStores } from "../model/stores.ts";
import { KnownTargets, targetId } from "../paging/known-targets.ts";
import { type SendPageOptions, sendPage } from "../paging/pager.ts";
import { PagingHosts } from "../paging/paging-hosts.ts";
import { FakeApi } from "../testing/fake-api.ts";
import { haltWith, NOW, policyWith } from "../testing/observations.ts";
import { UnrecordedHalts } from "./unrecorded-halts.ts";

test("a page about a halt that can't be recorded says what to see before its node's image is set by hand, however long the refusal", async () => {
  const stores = createStores();
  const policy = policyWith();
  stores.policies.put(policy);
  const sent: string[] = [];
  const halts = new UnrecordedHalts({
    stores,
    send: async ({ page }: Pick<SendPageOptions, "page">) => {
      sent.push(page.summary);
      const condition = { type: "Paged", status: "True", reason: "Sent", message: "" } as const;
      return { page: { ...page, state: "Sent" }, condition };
    },
    onChange: () => undefined,
    log: pino({ level: "silent" }),
    now: () => NOW,
  });
  const { metadata, spec } = haltWith({ verdict: "v".repeat(1024) });
  const refusal = new ControllerError("invalid", `${"x".repeat(900)}.`);
  halts.noteUncreated("sei", metadata.name, spec, policy, refusal);
  await halts.tell("sei/sei-0-0");
  expect(sent[0]).toMatch(
    /^sei\/sei-0-0 halted: The API server takes no NodeHalt of it, .*x… Let it be written\. Before you set the node's image yourself, see that each pod of its template has halted: /,
  );
});

test("a page about a halt that can't be recorded goes to targets named since, and to an Alertmanager again and again", async () => {
  const stores = createStores();
  const alerts = { alertmanager: { url: "http://127.0.0.1:9093" } };
  const hook = { webhook: { url: "http://127.0.0.1:9000" } };
  const setPaging = (...paging: object[]) => stores.policies.put(policyWith({ paging }));
  setPaging(alerts);
  let now = NOW;
  const told: string[][] = [];
  const halts = new UnrecordedHalts({
    stores,
    send: async ({ page, policy }: Pick<SendPageOptions, "page" | "policy">) => {
      const ids = (policy?.spec.paging ?? []).map(targetId).filter((id) => !page.delivered.includes(id));
      told.push(ids.map((id) => id.split("-")[0] ?? ""));
      const { nextAttemptAt: _, ...rest } = page;
      const condition = { type: "Paged", status: "True", reason: "Sent", message: "" } as const;
      return { page: { ...rest, state: "Sent", delivered: [...page.delivered, ...ids] }, condition };
    },
    onChange: () => undefined,
    log: pino({ level: "silent" }),
    now: () => now,
  });
  const { metadata, spec } = haltWith();
  halts.noteUncreated("sei", metadata.name, spec, policyWith(), new ControllerError("invalid", "x"));

  const waits = [await halts.tell("sei/sei-0-0"), await halts.tell("sei/sei-0-0")];
  expect([told, waits]).toEqual([[["alertmanager"]], [300_000, 300_000]]);
  setPaging(alerts, hook);
  await halts.tell("sei/sei-0-0");
  expect(told.at(-1)).toEqual(["webhook"]);
  now += 300_000;
  await halts.tell("sei/sei-0-0");
  // Whatever the clock is set to.
  now -= 3_600_000;
  await halts.tell("sei/sei-0-0");
  expect(told).toEqual([["alertmanager"], ["webhook"], ["alertmanager"], ["alertmanager"]]);
});

test("what was renewed for hours is tried anew as soon as any page, and then less and less often", async () => {
  const stores = createStores();
  stores.policies.put(policyWith({ paging: [{ alertmanager: { url: "http://127.0.0.1:9093" } }] }));
  let now = NOW;
  let isReached = true;
  const halts = new UnrecordedHalts({
    stores,
    send: (page) =>
      sendPage({
        ...{ ...page, api: new FakeApi(), hosts: PagingHosts.parse("http://127.0.0.1:*"), now: () => now },
        known: new KnownTargets(),
        deliver: async () => {
          if (!isReached) throw new ControllerError("unreachable", "x");
        },
      }),
    onChange: () => undefined,
    log: pino({ level: "silent" }),
    now: () => now,
  });
  const { metadata, spec } = haltWith();
  halts.noteUncreated("sei", metadata.name, spec, policyWith(), new ControllerError("invalid", "x"));
  for (let renewal = 0; renewal < 12; renewal += 1) {
    await halts.tell("sei/sei-0-0");
    now += 300_000;
  }
  isReached = false;
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const wait = (await halts.tell("sei/sei-0-0")) ?? 0;
    waits.push(wait);
    now += wait;
  }
  expect(waits[0]).toBeLessThanOrEqual(1_000);
  expect(waits.at(-1)).toBeGreaterThan(30_000);
});
