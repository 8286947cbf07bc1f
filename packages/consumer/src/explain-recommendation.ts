import type { Situation } from "./decision-table.ts";
import { quotedName } from "./printable.ts";
import type { Policy } from "./recommendation.ts";
import type { HaltedVerdict, Verdict } from "./verdict.ts";

/** Why a row of the decision table, for a person: what was found, what was expected, and what to do. Printable. */
export function explain(situation: Situation, verdict: Verdict, policy: Policy): string {
  return verdict.kind === "halted" ? explainHalt(situation, verdict, policy) : explainOther(situation);
}

function explainOther(situation: Situation): string {
  switch (situation) {
    case "unrecognised":
      return "A newer node halted for something that this program does not know. Read the node's log, and update this program.";
    case "crashed":
      return "A crash is for the supervisor's restarts.";
    case "running":
      return "It runs.";
    case "stopped":
      return "Somebody stopped it.";
    default:
      return "Too little is known to act.";
  }
}

function explainHalt(situation: Situation, verdict: HaltedVerdict, policy: Policy): string {
  const { height, seen, contradictions } = verdict;
  const plan = verdict.plan === undefined ? "a plan" : quotedName(verdict.plan);
  const at = height === undefined ? "" : ` at height ${height}`;
  const listed = listedHeights(verdict, policy);
  const chain = seen?.chainId === undefined ? undefined : quotedName(seen.chainId);
  switch (situation) {
    case "inferred-ignored":
      return "The node did not announce this halt, and the policy ignores inferred halts.";
    case "upgrade-other-chain":
    case "too-new-other-chain":
      return `The node is on chain ${chain}; the policy is for ${quotedName(policy.chainId ?? "")}. Write a policy for ${chain}, or take the node out of this one.`;
    case "upgrade-other-height":
      return `${plan} is listed for height ${listed}, the node halted${height === undefined ? "" : ` at ${height}`}. List it for the height that governance decided.`;
    case "upgrade-disputed":
    case "too-new-disputed":
      return `The sources dispute each other: ${contradictions[0] ?? "one says another plan, height or reason than the rest."} Read the node's log and decide.`;
    case "upgrade-plan-unnamed":
      if (contradictions.length > 0)
        return `No plan that was named counts, so no image can be chosen: ${contradictions[0]} Look why, before anything is changed.`;
      return `The node did not name its plan, so no image can be chosen.${expected(policy)} Find the plan's name in the node's log.`;
    case "upgrade-unlisted":
      return `${explainUnlisted(plan, verdict, policy)} Add planName ${plan}${height === undefined ? "" : `, height ${height}`} and its image to the policy's upgrades.`;
    case "upgrade-height-unlisted":
      return `${plan} is listed without a height, and only a listed height binds. Add height ${height ?? "(as governance decided)"} to its line in the policy's upgrades.`;
    case "upgrade-one-source":
    case "too-new-one-source":
      return "Only one source says so, and two must agree: nothing is changed without a person. Read the node's log.";
    case "upgrade-height-unnamed":
      return `The node named ${plan} and not its height; the plan is listed for height ${listed}. Find the height in the node's log.`;
    case "upgrade-height-unseen":
      return `No height was read from /status in the run that halted, so nothing shows that it reached height ${height}. See that its RPC is readable, or upgrade it yourself.`;
    case "upgrade-out-of-reach":
      return `The node named height ${height}, and was seen at ${seen?.height}: that is out of reach. Look why, before anything is changed.`;
    case "upgrade-chain-unnamed":
    case "too-new-chain-unnamed":
      return `The policy names no chain, and nothing is changed without one. Set its chainId${chain === undefined ? "" : ` (the node is on ${chain})`}.`;
    case "upgrade-chain-unseen":
    case "too-new-chain-unseen":
      return `The node's chain was never read from /status; the policy is for ${quotedName(policy.chainId ?? "")}. See that its RPC is readable.`;
    case "upgrade-inferred":
      return `The node did not announce this halt: its log, its end and its height tell it. An image is listed for ${plan}${at}. Upgrade it yourself, or allow inferredHalts: act.`;
    case "too-new-inferred":
      return "The node did not announce this halt: its log tells that its binary is too new. Find out which release applied the last plan, and go back to that one.";
    case "upgrade-not-shown":
    case "too-new-not-shown":
      return "The node was started again since this halt, and its newest process does not show it: it may have left the halt. Nothing is changed unless it halts again. Look whether it works.";
    case "upgrade-listed":
      return `An image is listed for exactly this plan: ${plan}${at}.`;
    case "too-new":
      return "Its binary is too new: it goes back to the image that ran before. If this one ever made a block, that image may be older than the data: find the release that applied the last plan then.";
    case "too-new-without-previous":
      return "Its binary is too new, and the image that ran before is not known. Find out which release applied the last plan, and set its image.";
    case "downgrade":
      return "Its binary is older than its data, and no image makes that whole by itself. Find the release that applied the last plan; do not restart it before.";
    case "unrecognised":
    case "crashed":
    case "running":
    case "stopped":
    case "unknown":
      return explainOther(situation);
  }
}

function explainUnlisted(plan: string, verdict: HaltedVerdict, policy: Policy): string {
  const { height } = verdict;
  const images = policy.upgrades
    .filter((listed) => listed.planName === verdict.plan && (listed.height ?? height) === height)
    .map(({ image }) => image);
  if (images.length > 1) return `More than one image is listed for ${plan}, so none is taken.`;
  if (images.length === 1) return `${plan} is listed with no image.`;
  return `No image is listed for exactly this plan: the node named ${plan}.${expected(policy)}`;
}

function expected({ upgrades }: Policy): string {
  if (upgrades.length === 0) return " Nothing is listed.";
  const some = upgrades
    .slice(0, 3)
    .map(({ planName, height }) => `${quotedName(planName)}${height === undefined ? "" : ` (${height})`}`);
  return ` Listed: ${some.join(", ")}${upgrades.length > some.length ? ", ..." : ""}.`;
}

function listedHeights({ plan }: HaltedVerdict, { upgrades }: Policy): string {
  const heights = upgrades.flatMap(({ planName, height }) =>
    planName === plan && height !== undefined ? [height] : [],
  );
  return [...new Set(heights)].join(", ");
}
