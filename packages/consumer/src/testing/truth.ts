import { exitCode, type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import type { Evidence } from "../evidence.ts";

/** What really happened, for evidence that tells nothing else. */
export interface Truth {
  readonly reason: HaltReason;
  readonly plan: string;
  readonly height: number;
}

const STARTED = Date.UTC(2026, 7, 21, 12);
const HALTED = STARTED + 60_000;

type Part = (evidence: Evidence) => Evidence;

/** Every part of an evidence that can agree with one truth. Each may be there or not. */
export function agreeingParts({ reason, plan, height }: Truth): Part[] {
  const seen = reason === ShutdownReason.UpgradeRequired ? height : Math.max(height - 5, 1);
  const intent = { reason, plan_name: plan, height, announced_at: new Date(HALTED).toISOString() };
  const haltIntent = { kind: "intent", intent, defects: [] } as const;
  const planLine = { reason, plan, ...(reason === ShutdownReason.UpgradeRequired ? { height } : {}) };
  const end = { kind: "exited", code: exitCode(reason) } as const;
  return [
    (evidence) => ({
      ...evidence,
      status: {
        kind: "answered",
        at: HALTED + 1_000,
        envelope: "bare",
        node: { chainId: "pacific-1", height: seen, haltIntent },
      },
    }),
    (evidence) => ({
      ...evidence,
      process: { ...evidence.process, kind: "ended", end, startedAt: STARTED, endedAt: HALTED + 2_000 },
    }),
    (evidence) => ({
      ...evidence,
      process: {
        kind: "running",
        startedAt: STARTED,
        ...evidence.process,
        planLines: [planLine],
      } as Evidence["process"],
    }),
    (evidence) => ({
      ...evidence,
      lastSeen: { chainId: "pacific-1", height: seen - 1, processStartedAt: STARTED },
    }),
    (evidence) => ({ ...evidence, listed: [{ planName: plan, height }] }),
    (evidence) => ({ ...evidence, upgradeInfo: { name: plan, height, modifiedAt: HALTED } }),
    (evidence) => ({
      ...evidence,
      believed: { kind: "halted", reason, plan, height, corroborated: true, sources: ["exit-code"] },
    }),
  ];
}

/** One evidence made of some parts. */
export function together(parts: readonly Part[]): Evidence {
  return parts.reduce<Evidence>((evidence, part) => part(evidence), {});
}
