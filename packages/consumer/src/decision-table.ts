import type { ActionChoices, RecommendationReason } from "./recommendation.ts";

/** Everything that `recommend` can do. */
export const ACTIONS = ["swap-to-image", "roll-back", "page", "hold", "leave-alone"] as const;
/** One of {@link ACTIONS}. */
export type Action = (typeof ACTIONS)[number];

/** One row of the decision table. */
export interface Decision {
  /** The verdict, in the words of the documentation. */
  readonly verdict: string;
  /** What else has to be so. The first row of a verdict whose condition holds is the one. */
  readonly condition: string;
  readonly action: Action;
  readonly page: boolean;
  readonly reason: RecommendationReason;
  /** The key of a policy's `actions` that may ask for something else. */
  readonly choice: keyof ActionChoices | undefined;
}

/** What each choice of a policy may be; the first is the default. */
export const CHOICES = {
  upgradeRequired: ["swap-to-image", "page", "hold"],
  binaryTooNew: ["roll-back", "page", "hold"],
  downgradeDetected: ["page", "hold"],
  unrecognised: ["hold", "page"],
  crashed: ["leave-alone", "page"],
} as const satisfies { [Key in keyof ActionChoices]-?: readonly NonNullable<ActionChoices[Key]>[] };

const UPGRADE = {
  verdict: "halted, `upgrade_required`",
  choice: "upgradeRequired",
  action: "page",
  page: true,
} as const;
const TOO_NEW = {
  verdict: "halted, `binary_too_new`",
  choice: "binaryTooNew",
  action: "page",
  page: true,
} as const;
const OTHER_CHAIN = {
  condition: "it was seen on another chain than the policy names",
  reason: "OtherChain",
} as const;
const DISPUTED = { condition: "one source disputes another", reason: "SourcesDispute" } as const;
const ONE_SOURCE = { condition: "only one source says so", reason: "NotCorroborated" } as const;
const CHAIN_UNNAMED = { condition: "the policy names no chain", reason: "ChainNotNamed" } as const;
const CHAIN_UNSEEN = {
  condition: "its chain was never read from `/status`",
  reason: "ChainNotSeen",
} as const;
const NOT_SHOWN = {
  condition: "its newest process runs, or worked and ended otherwise, and does not show the halt",
  reason: "HaltNotShown",
} as const;
const QUIET = { condition: "", action: "leave-alone", page: false, choice: undefined } as const;

/** The decision table of the wire contract, a row for each situation that a node can be in. */
export const DECISIONS = {
  "inferred-ignored": {
    ...QUIET,
    verdict: "halted, inferred",
    condition: "the policy ignores inferred halts",
    reason: "InferredHaltIgnored",
  },
  "upgrade-other-chain": { ...UPGRADE, ...OTHER_CHAIN },
  "upgrade-other-height": {
    ...UPGRADE,
    condition: "the plan is listed for another height",
    reason: "ListedForAnotherHeight",
  },
  "upgrade-out-of-reach": {
    ...UPGRADE,
    condition: "it was seen far below the height, or past it",
    reason: "HeightOutOfReach",
  },
  "upgrade-disputed": { ...UPGRADE, ...DISPUTED },
  "upgrade-plan-unnamed": {
    ...UPGRADE,
    condition: "the node did not name its plan",
    reason: "PlanNotNamed",
  },
  "upgrade-unlisted": {
    ...UPGRADE,
    condition: "no image is listed for exactly that plan",
    reason: "ImageMappingMissing",
  },
  "upgrade-height-unlisted": {
    ...UPGRADE,
    condition: "the plan is listed without a height",
    reason: "HeightNotListed",
  },
  "upgrade-one-source": { ...UPGRADE, ...ONE_SOURCE },
  "upgrade-height-unnamed": {
    ...UPGRADE,
    condition: "the node did not name the height",
    reason: "HeightNotNamed",
  },
  "upgrade-height-unseen": {
    ...UPGRADE,
    condition: "its height was never read from `/status`",
    reason: "HeightNotSeen",
  },
  "upgrade-chain-unnamed": { ...UPGRADE, ...CHAIN_UNNAMED },
  "upgrade-chain-unseen": { ...UPGRADE, ...CHAIN_UNSEEN },
  "upgrade-inferred": {
    ...UPGRADE,
    condition: "it was inferred, and the policy does not say `inferredHalts: act`",
    reason: "InferredHalt",
  },
  "upgrade-not-shown": { ...UPGRADE, ...NOT_SHOWN },
  "upgrade-listed": {
    ...UPGRADE,
    condition: "corroborated, and an image is listed for exactly that chain, plan and height",
    action: "swap-to-image",
    page: false,
    reason: "ImageListed",
  },
  "too-new-other-chain": { ...TOO_NEW, ...OTHER_CHAIN },
  "too-new-disputed": { ...TOO_NEW, ...DISPUTED },
  "too-new-inferred": { ...TOO_NEW, condition: "it was inferred", reason: "InferredHalt" },
  "too-new-one-source": { ...TOO_NEW, ...ONE_SOURCE },
  "too-new-without-previous": {
    ...TOO_NEW,
    condition: "the image that ran before is not known",
    reason: "PreviousImageUnknown",
  },
  "too-new-chain-unnamed": { ...TOO_NEW, ...CHAIN_UNNAMED },
  "too-new-chain-unseen": { ...TOO_NEW, ...CHAIN_UNSEEN },
  "too-new-not-shown": { ...TOO_NEW, ...NOT_SHOWN },
  "too-new": {
    ...TOO_NEW,
    condition: "corroborated, and the image that ran before is known",
    action: "roll-back",
    reason: "BinaryTooNew",
  },
  downgrade: {
    verdict: "halted, `downgrade_detected`",
    condition: "",
    action: "page",
    page: true,
    reason: "DowngradeDetected",
    choice: "downgradeDetected",
  },
  unrecognised: {
    verdict: "unrecognised halt",
    condition: "",
    action: "hold",
    page: true,
    reason: "UnrecognisedHalt",
    choice: "unrecognised",
  },
  crashed: { ...QUIET, verdict: "crashed", reason: "Crashed", choice: "crashed" },
  running: { ...QUIET, verdict: "running", reason: "Running" },
  stopped: { ...QUIET, verdict: "stopped", reason: "Stopped" },
  unknown: { ...QUIET, verdict: "unknown", reason: "Unknown" },
} as const satisfies Record<string, Decision>;

/** A situation that a node can be in: the key of its row in {@link DECISIONS}. */
export type Situation = keyof typeof DECISIONS;
