import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { contractFindings } from "./findings/contract.ts";
import { cosmovisorFindings } from "./findings/cosmovisor.ts";
import { evidenceFindings } from "./findings/evidence.ts";
import { restartFindings } from "./findings/restarts.ts";
import { supervisorFindings } from "./findings/supervisor.ts";
import { upgradeFindings } from "./findings/upgrades.ts";

/** What would happen at a node's next halt: pure, and total over any facts. */
export function findingsOf(facts: Facts): readonly Finding[] {
  const { supervised } = facts;
  return [
    ...supervisorFindings(facts),
    ...(supervised === undefined ? [] : restartFindings(supervised)),
    ...(supervised === undefined ? [] : evidenceFindings(supervised)),
    ...contractFindings(facts),
    ...upgradeFindings(facts),
    ...cosmovisorFindings(facts),
  ];
}
