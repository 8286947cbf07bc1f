import { ShutdownReason } from "@upgrade-halt/contract";
import { CHOICES, DECISIONS, type Decision, type Situation } from "./decisions.ts";
import type { ListedUpgrade, Policy, Recommendation } from "./recommendation.ts";
import type { HaltedVerdict, Verdict } from "./verdict.ts";

/**
 * What to do about a verdict: the row of `DECISIONS` that fits, or what the policy chose in its place. Only a
 * corroborated halt changes an image, and only to one that the policy lists for exactly that plan, or back to the one
 * that ran before. An image in the result is always the policy's own.
 */
export function recommend(verdict: Verdict, policy: Policy): Recommendation {
  const found = situationOf(verdict, policy);
  const chosen = chosenInstead(DECISIONS[found.name], policy);
  if (chosen !== undefined) {
    return { action: chosen, reason: "ChosenByPolicy", page: true, why: `The policy asks to ${chosen}.` };
  }
  switch (found.name) {
    case "upgrade-listed": {
      const { action, reason, page, why } = DECISIONS[found.name];
      return { action, reason, page, why, image: found.listed.image, planName: found.listed.planName };
    }
    case "too-new": {
      const { action, reason, page, why } = DECISIONS[found.name];
      return { action, reason, page, why, image: found.image };
    }
    default: {
      const { action, reason, page, why } = DECISIONS[found.name];
      return { action, reason, page, why };
    }
  }
}

type Found =
  | { readonly name: "upgrade-listed"; readonly listed: ListedUpgrade }
  | { readonly name: "too-new"; readonly image: string }
  | { readonly name: Exclude<Situation, "upgrade-listed" | "too-new"> };

function situationOf(verdict: Verdict, policy: Policy): Found {
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

function haltedSituation(verdict: HaltedVerdict, { upgrades, previousImage }: Policy): Found {
  switch (verdict.reason) {
    case ShutdownReason.UpgradeRequired: {
      const listed = listedFor(verdict, upgrades);
      if (listed === undefined) return { name: "upgrade-unlisted" };
      return verdict.corroborated ? { name: "upgrade-listed", listed } : { name: "upgrade-one-source" };
    }
    case ShutdownReason.BinaryTooNew:
      if (!verdict.corroborated) return { name: "too-new-one-source" };
      return previousImage ? { name: "too-new", image: previousImage } : { name: "too-new-without-previous" };
    case ShutdownReason.DowngradeDetected:
      return { name: "downgrade" };
  }
}

/** The image for exactly this plan: same name, same height where both are known, and no second opinion. */
function listedFor(
  { plan, height }: HaltedVerdict,
  upgrades: readonly ListedUpgrade[],
): ListedUpgrade | undefined {
  const fitting = upgrades.filter(
    (listed) =>
      listed.planName === plan &&
      listed.image !== "" &&
      (listed.height === undefined || height === undefined || listed.height === height),
  );
  return new Set(fitting.map(({ image }) => image)).size === 1 ? fitting[0] : undefined;
}

/** A policy can only ask for more caution than the default: to page, or to hold. */
function chosenInstead({ choice }: Decision, { actions }: Policy): "page" | "hold" | undefined {
  const chosen = choice && actions?.[choice];
  if (choice === undefined || chosen === undefined || chosen === CHOICES[choice][0]) return undefined;
  return chosen === "page" || chosen === "hold" ? chosen : undefined;
}
