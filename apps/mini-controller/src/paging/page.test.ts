import { expect, test } from "vitest";
import type { NodeHaltStatus } from "../api/node-halt.ts";
import { journalMove, resolving } from "../journal/journal-entry.ts";
import { haltWith, NEW, NOW } from "../testing/observations.ts";
import { LOCAL_PAGERS } from "../testing/test-controller.ts";
import { pageOf } from "./page.ts";
import { pageRequest } from "./page-request.ts";

const KEY = { value: "key", hosts: undefined };
const MEANS = { hosts: LOCAL_PAGERS, readSecret: async () => KEY };
const WEBHOOK = { webhook: { url: "http://127.0.0.1:1/page", hmacSecretRef: { name: "s", key: "k" } } };

/** A halt that is held with a page, and the same once its swap began before a receiver took that. */
function paged() {
  const page = { reason: "ImageMappingMissing", summary: { found: "No image is listed." } };
  const draft = {
    phase: "Held",
    action: "Page",
    reason: page.reason,
    message: { found: "m" },
    page,
  } as const;
  const held = haltWith({}, journalMove(haltWith(), draft, NOW).status);
  const swap = {
    phase: "Swapping",
    action: "SwapImage",
    toImage: NEW,
    reason: "r",
    message: { found: "m" },
  } as const;
  const swapping = haltWith({}, journalMove(held, swap, NOW + 1).status);
  return { held, swapping, record: held.status?.page as NonNullable<NodeHaltStatus["page"]> };
}

test("every attempt has the same bytes and signature, though its halt goes on before the receiver took it", async () => {
  const { held, swapping, record } = paged();
  const [first, again] = await Promise.all(
    [held, swapping].map((halt) => pageRequest(WEBHOOK, pageOf(halt, record), MEANS, NOW)),
  );
  expect(JSON.parse(first?.body ?? "")).toMatchObject({ action: "Page", reason: "ImageMappingMissing" });
  expect(again).toEqual(first);
});

test("that it is over is said with what the page itself said", () => {
  const { held, swapping, record } = paged();
  const { state, resolvedAt, ...over } = pageOf(swapping, resolving(record, new Date(NOW + 1).toISOString()));
  expect(over).toEqual({ ...pageOf(held, record), state: undefined, resolvedAt: undefined });
  expect([state, resolvedAt]).toEqual(["resolved", new Date(NOW + 1).toISOString()]);
});

test("a page about a swap says the image, whichever step of it had the page made", () => {
  const { swapping } = paged();
  const page = { reason: "RecoveryTimedOut", summary: { found: "s" } };
  const { status } = journalMove(
    swapping,
    { phase: "Failed", reason: page.reason, message: { found: "m" }, page },
    NOW,
  );
  expect(status.page).toMatchObject({ reason: "RecoveryTimedOut", action: "SwapImage", toImage: NEW });
});
