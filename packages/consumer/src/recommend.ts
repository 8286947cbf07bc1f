import { CHOICES, DECISIONS, type Decision } from "./decision-table.ts";
import { explain } from "./explain-recommendation.ts";
import { findDecision } from "./find-decision.ts";
import type { Policy, Recommendation } from "./recommendation.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What to do about a verdict: the row of `DECISIONS` that fits, or what the policy chose in its place. Only a
 * corroborated halt changes an image, and only to one that the policy lists for exactly that chain, plan and height, or
 * back to the one that ran before. An upgrade also needs the node's height, read from `/status`, within reach of the
 * plan's. An image in the result is always the policy's own.
 *
 * @example
 * ```ts
 * import { classify, evidenceFromExitCode, recommend } from "@upgrade-halt/consumer";
 *
 * const { action, reason } = recommend(classify(evidenceFromExitCode(72)), { upgrades: [] });
 * console.log(action, reason); // page DowngradeDetected
 * ```
 */
export function recommend(verdict: Verdict, policy: Policy): Recommendation {
  const found = findDecision(verdict, policy);
  const { action, reason, page } = DECISIONS[found.name];
  const chosen = chosenInstead(DECISIONS[found.name], policy);
  if (chosen !== undefined) {
    return { action: chosen, reason: "ChosenByPolicy", page: true, why: `The policy asks to ${chosen}.` };
  }
  const why = explain(found.name, verdict, policy);
  switch (found.name) {
    case "upgrade-listed": {
      const { image, planName } = found.listed;
      return { action: "swap-to-image", reason, page, why, image, planName };
    }
    case "too-new":
      return { action: "roll-back", reason, page, why, image: found.image };
    default:
      return { action: action as "page" | "hold" | "leave-alone", reason, page, why };
  }
}

/** A policy can only ask for more caution than the default: to page, or to hold. */
function chosenInstead({ choice }: Decision, { actions }: Policy): "page" | "hold" | undefined {
  const chosen = choice && actions?.[choice];
  if (choice === undefined || chosen === undefined || chosen === CHOICES[choice][0]) return undefined;
  return chosen === "page" || chosen === "hold" ? chosen : undefined;
}
