import { printable, type Verdict } from "@upgrade-halt/consumer";
import { cut } from "../api/cut.ts";

const MAX_PLAN_NAME = 256;
const MAX_CHAIN = 128;

/** The plan's name as it is recorded. */
export function planNameOf(verdict: Verdict): string | undefined {
  const plan = verdict.kind === "halted" ? verdict.plan : undefined;
  return plan === undefined ? undefined : recordedName(plan);
}

/** A plan's name fit to be shown, and no longer than the schema takes. */
export function recordedName(plan: string): string {
  return cut(printable(plan, 128), MAX_PLAN_NAME);
}

/** The height of a halt as it is recorded: one that no chain has is left out, as nothing could be done by it. */
export function recordedHeightOf(verdict: Verdict): number | undefined {
  const height = verdict.kind === "halted" ? verdict.height : undefined;
  return height !== undefined && Number.isSafeInteger(height) && height >= 1 ? height : undefined;
}

/** A chain's name as it is recorded: one that is too long, or has half a character in it, is left out and never cut. */
export function recordedChain(chainId: string | undefined): string | undefined {
  return chainId !== undefined && chainId.length <= MAX_CHAIN && chainId.isWellFormed() ? chainId : undefined;
}
