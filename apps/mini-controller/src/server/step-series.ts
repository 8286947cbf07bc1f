import { type Phase, PhaseSchema } from "../api/node-halt.ts";

/**
 * Reasons that a step of a journal may have. A counter's series that begins with its first step, and not at 0, loses that
 * step in every `rate` and `increase`.
 */
export const STEP_REASONS: readonly string[] = [
  // What a recommendation says (`RecommendationReason`).
  "BinaryTooNew",
  "ChainNotNamed",
  "ChainNotSeen",
  "ChosenByPolicy",
  "Crashed",
  "DowngradeDetected",
  "HeightNotListed",
  "HeightNotNamed",
  "HeightNotSeen",
  "HeightOutOfReach",
  "ImageListed",
  "ImageMappingMissing",
  "InferredHalt",
  "InferredHaltIgnored",
  "ListedForAnotherHeight",
  "NotCorroborated",
  "OtherChain",
  "PlanNotNamed",
  "PreviousImageUnknown",
  "Running",
  "SourcesDispute",
  "Stopped",
  "Unknown",
  "UnrecognisedHalt",
  // What refuses a change.
  "Aborted",
  "AbortedBefore",
  "ContainerChanged",
  "DryRun",
  "ErrorBudgetSpent",
  "HaltNotSeen",
  "HaltNotShown",
  "ImageChangedMeanwhile",
  "ImageDoesNotHelp",
  "ImageRewrittenAtAdmission",
  "InferredHaltNotShown",
  "JournalRefused",
  "JournalTaken",
  "LogNotRead",
  "NotTheJournal",
  "NotTheOwner",
  "OwnedBy",
  "PartitionExcludes",
  "Paused",
  "PodGone",
  "PodKeepsOldImage",
  "PodNotSelected",
  "PodWithoutGrace",
  "PhaseUnknown",
  "PolicyMissing",
  "PolicyNewer",
  "SameValidatorMayRun",
  "SeveralReplicas",
  "SiblingsNotHalted",
  "LowerOrdinalFirst",
  "StrangerNotKnown",
  "NodeStarting",
  "StrategyNotRecreate",
  "WaitingForSlot",
  "WorkloadChanged",
  "WorkloadMissing",
  "WorkloadUnreadable",
  // How a swap goes and ends.
  "HaltedAgain",
  "ImageRewritten",
  "ImageWithdrawn",
  "Recovered",
  "RecoveredElsewhere",
  "LogTells",
  "RunsAgain",
  "NeverSeen",
  "Recovering",
  "RecoveryTimedOut",
  "Recreating",
];

/** Every series of the counter of steps that can be known before anything happens. */
export function stepSeries(): readonly { readonly phase: Phase; readonly reason: string }[] {
  const phases = PhaseSchema.exclude(["Detected"]).options;
  return phases.flatMap((phase) => STEP_REASONS.map((reason) => ({ phase, reason })));
}
