import type { ListedPlan } from "./evidence.ts";

/** A listed plan and the image that has its handler. */
export interface ListedUpgrade extends ListedPlan {
  /** The image's reference, best by digest. It is never taken from what a node or a plan says. */
  readonly image: string;
}

/** What an operator allows for each kind of verdict. Every choice has the default of the wire contract. */
export interface ActionChoices {
  readonly upgradeRequired?: "swap-to-image" | "page" | "hold" | undefined;
  readonly binaryTooNew?: "roll-back" | "page" | "hold" | undefined;
  readonly downgradeDetected?: "page" | "hold" | undefined;
  readonly unrecognised?: "hold" | "page" | undefined;
  readonly crashed?: "leave-alone" | "page" | undefined;
}

/** What an operator has decided beforehand. It says nothing of a node; `recommend` weighs it against a verdict. */
export interface Policy {
  /** The upgrades that are expected. Only an entry with the node's chain, plan and height is acted on. */
  readonly upgrades: readonly ListedUpgrade[];
  /** The image that ran before the one that halted, where it is known. */
  readonly previousImage?: string | undefined;
  readonly actions?: ActionChoices | undefined;
  /** The chain that `upgrades` is for. Without it nothing is acted on. */
  readonly chainId?: string | undefined;
  /** What to do about a halt that the node did not announce itself. Default `page`. */
  readonly inferredHalts?: "ignore" | "page" | "act" | undefined;
}

/** Why this action and no other: a stable token, fit for a Kubernetes condition's `reason`. */
export type RecommendationReason =
  | "ImageListed"
  /** No image is listed for the plan that the node named, or more than one. */
  | "ImageMappingMissing"
  /** The plan is listed for another height than the node named. */
  | "ListedForAnotherHeight"
  /** The plan is listed without a height: only a listed height binds. */
  | "HeightNotListed"
  /** The node did not name its plan. */
  | "PlanNotNamed"
  /** The node named its plan, and not the plan's height. */
  | "HeightNotNamed"
  /** No height was read from `/status` in the run that halted. */
  | "HeightNotSeen"
  /** The node was seen too far from the height that it named. */
  | "HeightOutOfReach"
  | "SourcesDispute"
  /** The node's newest process runs, or worked and ended otherwise, and did not show the halt from before it. */
  | "HaltNotShown"
  | "NotCorroborated"
  /** The policy names no chain. */
  | "ChainNotNamed"
  /** The node's chain was never read from `/status`. */
  | "ChainNotSeen"
  /** The node is on another chain than the policy. */
  | "OtherChain"
  /** The node did not announce the halt, and the policy does not allow to act on such a one. */
  | "InferredHalt"
  | "InferredHaltIgnored"
  | "ChosenByPolicy"
  | "BinaryTooNew"
  | "PreviousImageUnknown"
  | "DowngradeDetected"
  | "UnrecognisedHalt"
  | "Crashed"
  | "Running"
  | "Stopped"
  | "Unknown";

interface Advice {
  readonly reason: RecommendationReason;
  /** Tell a person. */
  readonly page: boolean;
  /** One sentence for a person, free of control characters. */
  readonly why: string;
}

/** What to do about a verdict. `page` and `hold` change nothing; `leave-alone` leaves it to the supervisor. */
export type Recommendation =
  | (Advice & { readonly action: "swap-to-image"; readonly image: string; readonly planName: string })
  | (Advice & { readonly action: "roll-back"; readonly image: string })
  | (Advice & { readonly action: "page" | "hold" | "leave-alone" });
