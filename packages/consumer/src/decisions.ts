import type { ActionChoices, RecommendationReason } from "./recommendation.ts";

/** Everything that `recommend` can do. */
export const ACTIONS = ["swap-to-image", "roll-back", "page", "hold", "leave-alone"] as const;
export type Action = (typeof ACTIONS)[number];

/** One row of the decision table. */
export interface Decision {
  /** The verdict, in the words of the documentation. */
  readonly verdict: string;
  /** What else has to be so. */
  readonly condition: string;
  readonly action: Action;
  readonly page: boolean;
  readonly reason: RecommendationReason;
  readonly why: string;
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

const UPGRADE = { verdict: "halted, `upgrade_required`", choice: "upgradeRequired" } as const;
const TOO_NEW = { verdict: "halted, `binary_too_new`", choice: "binaryTooNew" } as const;
const ONE_SOURCE = {
  condition: "only one source says so",
  action: "page",
  page: true,
  reason: "NotCorroborated",
  why: "Only one source says so: nothing is changed without a person.",
} as const;
const QUIET = { condition: "", action: "leave-alone", page: false, choice: undefined } as const;

/** The decision table of the wire contract, a row for each situation that a node can be in. */
export const DECISIONS = {
  "upgrade-listed": {
    ...UPGRADE,
    condition: "corroborated, and an image is listed for exactly that plan",
    action: "swap-to-image",
    page: false,
    reason: "ImageListed",
    why: "An image is listed for exactly this plan.",
  },
  "upgrade-unlisted": {
    ...UPGRADE,
    condition: "no image is listed for exactly that plan",
    action: "page",
    page: true,
    reason: "ImageMappingMissing",
    why: "No image is listed for exactly this plan.",
  },
  "upgrade-one-source": { ...UPGRADE, ...ONE_SOURCE },
  "too-new": {
    ...TOO_NEW,
    condition: "corroborated, and the image that ran before is known",
    action: "roll-back",
    page: true,
    reason: "BinaryTooNew",
    why: "Its binary is too new: it goes back to the image that ran before.",
  },
  "too-new-without-previous": {
    ...TOO_NEW,
    condition: "the image that ran before is not known",
    action: "page",
    page: true,
    reason: "PreviousImageUnknown",
    why: "Its binary is too new, and the image that ran before is not known.",
  },
  "too-new-one-source": { ...TOO_NEW, ...ONE_SOURCE },
  downgrade: {
    verdict: "halted, `downgrade_detected`",
    condition: "",
    action: "page",
    page: true,
    reason: "DowngradeDetected",
    why: "A downgraded node is for a person: no image makes it whole by itself.",
    choice: "downgradeDetected",
  },
  unrecognised: {
    verdict: "unrecognised halt",
    condition: "",
    action: "hold",
    page: true,
    reason: "UnrecognisedHalt",
    why: "A newer node halted for something that this program does not know.",
    choice: "unrecognised",
  },
  crashed: {
    ...QUIET,
    verdict: "crashed",
    reason: "Crashed",
    why: "A crash is for the supervisor's restarts.",
    choice: "crashed",
  },
  running: { ...QUIET, verdict: "running", reason: "Running", why: "It runs." },
  stopped: { ...QUIET, verdict: "stopped", reason: "Stopped", why: "Somebody stopped it." },
  unknown: { ...QUIET, verdict: "unknown", reason: "Unknown", why: "Too little is known to act." },
} as const satisfies Record<string, Decision>;

export type Situation = keyof typeof DECISIONS;
