import { ShutdownReason } from "@upgrade-halt/contract";
import { expect, it } from "vitest";
import { createHaltHolder } from "./halt-holder.ts";
import { Decided } from "./halt-sequence.ts";

it("offers in each state only what may come next", async () => {
  const holder = createHaltHolder(() => 0);
  const reason = ShutdownReason.BinaryTooNew;
  const intent = holder.stamp(reason, { name: "v6.8", height: 9, info: "" });
  const decided = new Decided({ reason, intent, holder, onStep: () => {} });
  // The compiler is what is tested: each line below is an error to it, and an absent method to JavaScript.
  // @ts-expect-error nothing may be published before the artifacts are durable
  expect(decided.publish).toBeUndefined();
  // @ts-expect-error nothing may be printed before the artifacts are durable
  expect(decided.print).toBeUndefined();
  const persisted = decided.persist([]);
  // @ts-expect-error the log line comes before the raw line
  expect(persisted.print).toBeUndefined();
  // @ts-expect-error the lines come before the intent
  expect(persisted.publish).toBeUndefined();
  const published = persisted
    .log(() => {})
    .print(() => {})
    .publish();
  // @ts-expect-error consensus stops before the servers
  expect(published.stopServers).toBeUndefined();
  // @ts-expect-error the shutdown comes before the exit
  expect(published.exit).toBeUndefined();
  const [resting] = await published.stopConsensus([], 1_000);
  // @ts-expect-error the servers stop before the exit
  expect(resting.exit).toBeUndefined();
  const [stopped] = await resting.stopServers([], 1_000);
  stopped.exit((code) => expect(code).toBe(71));
  expect.assertions(8);
});
