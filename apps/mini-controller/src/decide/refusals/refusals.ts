import type { Observation } from "../../observe/observation.ts";
import { aborted } from "./aborted.ts";
import { abortedBefore } from "./aborted-before.ts";
import { alreadyDeleted } from "./already-deleted.ts";
import { containerChanged } from "./container-changed.ts";
import { deploymentRunsTwoPods } from "./deployment-runs-two-pods.ts";
import { dryRun } from "./dry-run.ts";
import { errorBudgetSpent } from "./error-budget-spent.ts";
import { haltNotSeen } from "./halt-not-seen.ts";
import { haltNotShown } from "./halt-not-shown.ts";
import { imageChangedMeanwhile } from "./image-changed-meanwhile.ts";
import { imageDoesNotHelp } from "./image-does-not-help.ts";
import { imageRewrittenAtAdmission } from "./image-rewritten-at-admission.ts";
import { logNotRead } from "./log-not-read.ts";
import { lowerOrdinalFirst } from "./lower-ordinal-first.ts";
import { nodeStarting } from "./node-starting.ts";
import { notTheJournal } from "./not-the-journal.ts";
import { notTheOwner } from "./not-the-owner.ts";
import { ownedBy } from "./owned-by.ts";
import { partitionExcludes } from "./partition-excludes.ts";
import { paused } from "./paused.ts";
import { podNotSelected } from "./pod-not-selected.ts";
import { podWithoutGrace } from "./pod-without-grace.ts";
import { policyMissing } from "./policy-missing.ts";
import { policyNewer } from "./policy-newer.ts";
import type { Check, Proposal, Refusal } from "./refusal.ts";
import { sameValidatorMayRun } from "./same-validator-may-run.ts";
import { siblingRanAnother } from "./sibling-ran-another.ts";
import { siblingsNotHalted } from "./siblings-not-halted.ts";
import { strangerNotKnown } from "./stranger-not-known.ts";
import { waitingForSlot } from "./waiting-for-slot.ts";
import { workloadChanged } from "./workload-changed.ts";
import { workloadMissing } from "./workload-missing.ts";
import { workloadUnreadable } from "./workload-unreadable.ts";

/**
 * Everything that keeps a change from being made, the gravest first. Asked when a swap is decided on, and again right
 * before each of its effects, about what the API server says at that moment.
 */
const CHECKS: readonly Check[] = [
  aborted,
  abortedBefore,
  policyMissing,
  policyNewer,
  haltNotSeen,
  notTheJournal,
  logNotRead,
  podNotSelected,
  containerChanged,
  notTheOwner,
  workloadMissing,
  workloadUnreadable,
  imageDoesNotHelp,
  imageRewrittenAtAdmission,
  imageChangedMeanwhile,
  ownedBy,
  deploymentRunsTwoPods,
  podWithoutGrace,
  partitionExcludes,
  workloadChanged,
  dryRun,
  paused,
  haltNotShown,
  alreadyDeleted,
  errorBudgetSpent,
  sameValidatorMayRun,
  strangerNotKnown,
  nodeStarting,
  siblingsNotHalted,
  siblingRanAnother,
  lowerOrdinalFirst,
  waitingForSlot,
];

/** Why `proposal` is not carried out now: the first refusal of the list; `undefined` when nothing speaks against it. */
export function refusalOf(observation: Observation, proposal: Proposal): Refusal | undefined {
  for (const check of CHECKS) {
    const refusal = check(observation, proposal);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
