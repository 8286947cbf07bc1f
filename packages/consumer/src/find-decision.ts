import { ShutdownReason } from "@upgrade-halt/contract";
import type { Situation } from "./decision-table.ts";
import type { ListedUpgrade, Policy } from "./recommendation.ts";
import { INFERRED_REACH_BLOCKS, isWithinReach, REACH_BLOCKS } from "./seen.ts";
import type { HaltedVerdict, Verdict } from "./verdict.ts";

/** The row of the decision table that a verdict is in under a policy, and the image that the row acts with. */
export type Found =
  | { readonly name: "upgrade-listed"; readonly listed: ListedUpgrade }
  | { readonly name: "too-new"; readonly image: string }
  | { readonly name: Exclude<Situation, "upgrade-listed" | "too-new"> };

/** Finds the row. Each cause has one of its own, and what a person has to put right first comes first. */
export function findDecision(verdict: Verdict, policy: Policy): Found {
  switch (verdict.kind) {
    case "halted":
      return haltedSituation(verdict, policy);
    case "unrecognised-halt":
      return { name: "unrecognised" };
    case "crashed":
    case "running":
    case "stopped":
    case "unknown":
      return { name: verdict.kind };
  }
}

function haltedSituation(verdict: HaltedVerdict, policy: Policy): Found {
  if (verdict.inferred && policy.inferredHalts === "ignore") return { name: "inferred-ignored" };
  switch (verdict.reason) {
    case ShutdownReason.UpgradeRequired:
      return upgradeSituation(verdict, policy);
    case ShutdownReason.BinaryTooNew:
      return tooNewSituation(verdict, policy);
    case ShutdownReason.DowngradeDetected:
      return { name: "downgrade" };
  }
}

function upgradeSituation(verdict: HaltedVerdict, policy: Policy): Found {
  if (isOnAnotherChain(verdict, policy)) return { name: "upgrade-other-chain" };
  const listing = listingOf(verdict, policy.upgrades);
  if (listing.kind === "other-height") return { name: "upgrade-other-height" };
  if (isOutOfReach(verdict)) return { name: "upgrade-out-of-reach" };
  if (verdict.disputed) return { name: "upgrade-disputed" };
  if (verdict.plan === undefined) return { name: "upgrade-plan-unnamed" };
  if (listing.kind === "none") return { name: "upgrade-unlisted" };
  if (listing.kind === "without-height") return { name: "upgrade-height-unlisted" };
  const unsafe = unsafeToUpgrade(verdict, policy);
  if (!verdict.corroborated) return (verdict.inferred && unsafe) || { name: "upgrade-one-source" };
  if (listing.kind === "height-unnamed") return { name: "upgrade-height-unnamed" };
  return unsafe ?? { name: "upgrade-listed", listed: listing.upgrade };
}

function isOutOfReach({ height, inferred, seen }: HaltedVerdict): boolean {
  if (height === undefined || seen?.height === undefined) return false;
  return !isWithinReach(seen.height, height, inferred ? INFERRED_REACH_BLOCKS : REACH_BLOCKS);
}

/** What forbids to act on a halt that is corroborated and listed. */
function unsafeToUpgrade(verdict: HaltedVerdict, policy: Policy): Found | undefined {
  const { height, inferred, seen, notShown } = verdict;
  if (seen?.height === undefined || height === undefined) return { name: "upgrade-height-unseen" };
  if (!policy.chainId) return { name: "upgrade-chain-unnamed" };
  if (!seen.chainId) return { name: "upgrade-chain-unseen" };
  if (inferred && policy.inferredHalts !== "act") return { name: "upgrade-inferred" };
  return notShown ? { name: "upgrade-not-shown" } : undefined;
}

/** How a halt's plan is listed. */
type Listing =
  | { readonly kind: "exact"; readonly upgrade: ListedUpgrade }
  | { readonly kind: "other-height" }
  | { readonly kind: "without-height" }
  | { readonly kind: "height-unnamed" }
  | { readonly kind: "none" };

function listingOf({ plan, height }: HaltedVerdict, upgrades: readonly ListedUpgrade[]): Listing {
  const ofPlan = upgrades.filter(({ planName }) => planName === plan);
  const fitting = ofPlan.filter(
    (listed) => listed.height === undefined || height === undefined || listed.height === height,
  );
  if (ofPlan.length > 0 && fitting.length === 0) return { kind: "other-height" };
  const usable = fitting.filter(({ image }) => image !== "");
  // Two images for one halt are a contradiction of the policy with itself: neither is taken.
  if (new Set(usable.map(({ image }) => image)).size !== 1) return { kind: "none" };
  const exact = usable.find((listed) => height !== undefined && listed.height === height);
  if (exact !== undefined) return { kind: "exact", upgrade: exact };
  const isBound = usable.some((listed) => listed.height !== undefined);
  return { kind: isBound ? "height-unnamed" : "without-height" };
}

function tooNewSituation(verdict: HaltedVerdict, policy: Policy): Found {
  if (isOnAnotherChain(verdict, policy)) return { name: "too-new-other-chain" };
  if (verdict.disputed) return { name: "too-new-disputed" };
  if (verdict.inferred) return { name: "too-new-inferred" };
  if (!verdict.corroborated) return { name: "too-new-one-source" };
  if (!policy.previousImage) return { name: "too-new-without-previous" };
  if (!policy.chainId) return { name: "too-new-chain-unnamed" };
  if (!verdict.seen?.chainId) return { name: "too-new-chain-unseen" };
  if (verdict.notShown) return { name: "too-new-not-shown" };
  return { name: "too-new", image: policy.previousImage };
}

function isOnAnotherChain({ seen }: HaltedVerdict, { chainId }: Policy): boolean {
  return Boolean(chainId && seen?.chainId && seen.chainId !== chainId);
}
