import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";
import type { Evidence } from "../../evidence.ts";
import { describeClaim } from "../../halt-case.ts";
import type { PlanLine } from "../../log/find-plan-lines.ts";
import { STANDSTILL_MS } from "../../standstill.ts";

/** What to do about a node that has the wrong release and lives on. An upgrade is announced where its height was reached. */
const ADVICE: Readonly<Partial<Record<HaltReason, string>>> = {
  [ShutdownReason.BinaryTooNew]: "Stop it, find out which release applied the last plan, and start that one",
  [ShutdownReason.DowngradeDetected]: "Stop it, and start a release that has the plan",
};

/**
 * What to tell a person of a node that runs, says that it has the wrong release, and stands still: of such a halt no height is
 * proof, so it is not announced before the node has ended. `undefined` where nothing is to be told, or not yet.
 */
export function toldOfStanding(
  lines: readonly PlanLine[],
  { status, heightStillSince, standstillMs = STANDSTILL_MS }: Evidence,
): string | undefined {
  if (status?.kind !== "answered" || heightStillSince === undefined) return undefined;
  const still = status.at - heightStillSince;
  const line = lines.find(({ unsure, replaced }) => unsure !== true && replaced !== true);
  const advice = line && ADVICE[line.reason];
  if (line === undefined || advice === undefined || still < standstillMs) return undefined;
  return (
    `the node says that it halted for ${describeClaim(line)}, lives on, and has stood still at height ${status.node.height} for ` +
    `${Math.floor(still / 1_000)} s. What a node logs while it runs proves nothing, so nothing is announced. ${advice}.`
  );
}
