import {
  classify,
  type Evidence,
  evidenceFromPod,
  type HaltedVerdict,
  type KnownHalt,
  recommend,
} from "@upgrade-halt/consumer";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LiveStatus } from "../model/live-status.ts";
import type { ContainerState, Pod } from "../model/pod.ts";
import { podSightOf } from "../observe/pod-sight.ts";
import { haltWith, NOW, OLD, policyWith, SEEN } from "../testing/observations.ts";
import { judgedNode } from "./judged-node.ts";

const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const BELIEVED = {
  kind: "halted",
  reason: 70,
  plan: "v6.7",
  height: 30,
  corroborated: true,
  sources: ["exit-code", "plan-line"],
} as const satisfies KnownHalt;
const INTENT = { reason: 70, reason_string: "upgrade_required", plan_name: "v6.7", height: 30 } as const;
const INTENTS = [
  { kind: "absent" },
  { kind: "unavailable" },
  { kind: "intent", intent: INTENT, defects: [] },
] as const;

const at = (ms: number) => new Date(NOW + ms).toISOString();
/** How long a run lasted: as a restart at the halt does, as long as one that worked, an hour. */
const ran = fc.constantFrom(1_000, 45_000, 3_600_000);
const ended = (finishedMs: number) =>
  fc.record({
    exitCode: fc.constantFrom(0, 1, 2, 70, 71, 130, 137),
    message: fc.constantFrom("", `${LINE}\n`),
    startedAt: ran.map((ms) => at(finishedMs - ms)),
    finishedAt: fc.constant(at(finishedMs)),
  });
const state: fc.Arbitrary<ContainerState> = fc.oneof(
  fc.constant({ waiting: { reason: "CrashLoopBackOff" } }),
  ran.map((ms) => ({ running: { startedAt: at(-ms) } })),
  ended(-1_000).map((terminated) => ({ terminated })),
);
const lastState: fc.Arbitrary<ContainerState> = fc.oneof(
  fc.constant({}),
  ended(-3_700_000).map((terminated) => ({ terminated })),
);
const status: fc.Arbitrary<Evidence["status"]> = fc.oneof(
  fc.constant(undefined),
  fc.constant({ kind: "silent", at: NOW, problem: "connection refused" } as const),
  fc.constantFrom(...INTENTS).map((haltIntent) => ({
    kind: "answered" as const,
    at: NOW,
    envelope: "bare" as const,
    node: { chainId: "pacific-1", height: 30, haltIntent },
  })),
);

/** Only a process that runs answers, so a reading is of before its end. */
function whileItRan(read: Evidence["status"], now: ContainerState, before: ContainerState) {
  const { finishedAt } = now.terminated ?? before.terminated ?? {};
  if (now.running || read === undefined) return read;
  return finishedAt === undefined ? undefined : { ...read, at: Date.parse(finishedAt) };
}

function liveWith(sighting: Evidence["status"]): LiveStatus {
  const run = 3;
  const height = 30;
  return {
    ...{ sighting, run, height, chainId: "pacific-1", validatorAddress: undefined },
    ...{ firstHeight: height, firstHeightAt: NOW - 10_000, runHeight: height, stillSince: NOW - 10_000 },
  };
}

test("where the consumer's advice is to change a node, its pod shows the halt to the controller as well", () => {
  let acts = 0;
  fc.assert(
    fc.property(state, lastState, status, fc.boolean(), (now, before, read, isBelieved) => {
      const sighting = whileItRan(read, now, before);
      const pod: Pod = {
        metadata: { name: "sei-0-0", namespace: "sei", uid: "uid-1" },
        spec: { containers: [{ name: "seid", image: OLD }] },
        status: {
          phase: "Running",
          containerStatuses: [{ name: "seid", restartCount: 3, state: now, lastState: before }],
        },
      };
      const { spec } = policyWith({ inferredHalts: "Act" });
      const { chainId = "", upgrades } = spec;
      const verdict = classify({
        ...evidenceFromPod(pod, "seid"),
        ...{ status: sighting, lastSeen: { height: 30, chainId }, chainId, listed: upgrades },
        ...(isBelieved && { believed: BELIEVED }),
      });
      const rules = { chainId, upgrades, previousImage: OLD, inferredHalts: "act" } as const;
      const { action } = recommend(verdict, rules);
      if (action !== "swap-to-image" && action !== "roll-back") return;
      acts += 1;
      const { plan, height, reason } = verdict as HaltedVerdict;
      const told = { planName: plan, ...(height !== undefined && { height }), restartCount: 3 };
      const halt = haltWith(
        { ...told, reason: reason === 70 ? "upgrade_required" : "binary_too_new" },
        { seen: { ...SEEN, sources: [...(verdict as HaltedVerdict).sources] } },
      );
      const node = judgedNode(pod, policyWith({ inferredHalts: "Act" }), liveWith(sighting));
      expect(podSightOf(halt, node, NOW)).toMatchObject({ kind: "halted", shown: true });
    }),
    { numRuns: 3_000 },
  );
  expect(acts).toBeGreaterThan(50);
});
