import type { HaltPolicy } from "../api/halt-policy.ts";
import type { PageRecord } from "../api/node-halt.ts";
import { targetId } from "./known-targets.ts";

/** Whether each target of the policy has the page, those among them that it names only since. */
export function isWithAll({ delivered }: PageRecord, policy: HaltPolicy | undefined): boolean {
  return (policy?.spec.paging ?? []).every((target) => delivered.includes(targetId(target)));
}

/** A page that is not over, as one that its Alertmanagers are still to be told of. */
export function toldAnew(page: PageRecord, policy: HaltPolicy | undefined): PageRecord {
  if (page.resolvedAt !== undefined) return page;
  const alerts = (policy?.spec.paging ?? []).filter(({ alertmanager }) => alertmanager !== undefined);
  const again = new Set(alerts.map(targetId));
  return { ...page, delivered: page.delivered.filter((id) => !again.has(id)) };
}
