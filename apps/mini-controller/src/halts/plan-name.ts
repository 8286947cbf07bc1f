import { printable, type Verdict } from "@upgrade-halt/consumer";
import { cut } from "../api/cut.ts";

const MAX_PLAN_NAME = 256;

/** The plan's name as it is recorded. */
export function planNameOf(verdict: Verdict): string | undefined {
  const plan = verdict.kind === "halted" ? verdict.plan : undefined;
  return plan === undefined ? undefined : recordedName(plan);
}

/** A plan's name fit to be shown, and no longer than the schema takes. */
export function recordedName(plan: string): string {
  return cut(printable(plan, 128), MAX_PLAN_NAME);
}
