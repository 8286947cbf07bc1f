import type { Plan } from "./plan.ts";

/** What x/upgrade says when a due plan has no handler; cosmovisor scans standard error for it. */
export function neededText(plan: Plan): string {
  return `UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: ${plan.info}`;
}

/** What x/upgrade logs, every 100 blocks, of a minor release to come. */
export function scheduledText(plan: Plan): string {
  return `UPGRADE "${plan.name}" SCHEDULED at height: ${plan.height}: ${plan.info}`;
}

/** What x/upgrade says when a major plan's handler came too early. */
export function tooNewText(plan: Plan): string {
  return `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan.name}" - in binary but not executed on chain`;
}

/** What x/upgrade says when the last plan that was carried out is unknown to this binary. */
export function downgradeText(lastApplied: string): string {
  return `Wrong app version 0, upgrade handler is missing for ${lastApplied} upgrade plan`;
}
