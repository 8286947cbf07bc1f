import { until } from "@upgrade-halt/testing";
import { describe } from "../harness/observe.ts";
import type { Testbed } from "../harness/testbed.ts";

/** How often pods are looked at, in ms: a step of theirs takes seconds, and the chains need the processors. */
export const EVERY_MS = 250;

/** Waits until something is seen of pods, for so many ms at most; the error tells of their halts and states. */
export async function untilSeen(
  testbed: Testbed,
  what: string,
  isSeen: () => Promise<boolean> | boolean,
  within = 240_000,
): Promise<void> {
  await until(what, isSeen, { every: EVERY_MS, within, explain: () => describe(testbed) });
}
