import { printable, quotedName } from "../../printable.ts";
import type { ListedUpgrade, Policy } from "../../recommendation.ts";
import type { Facts } from "../facts.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import { imageFinding } from "./image.ts";

/** Whether the policy is of this chain, and what it lists ahead of the node. */
export function upgradeFindings(facts: Facts): Finding[] {
  const { policy, status } = facts;
  if (policy.kind === "none")
    return [
      todo(
        "policy",
        "No policy was given.",
        "Write one with the chain and each upgrade, and say --policy FILE: docs/guides/today.md.",
      ),
    ];
  if (policy.kind === "unreadable")
    return [
      todo("policy", printable(policy.problem, 300), "Mend the file, and see that this user may read it."),
    ];
  const node = status.result.kind === "ok" ? status.result.node : undefined;
  const ahead = upgradesAhead(facts);
  return [
    chainFinding(policy.policy, node?.chainId),
    ...policy.policy.upgrades.filter(({ height }) => height === undefined).map(withoutHeight),
    ...listedAgain(policy.policy.upgrades),
    ...ahead.map((upgrade) => aheadFinding(upgrade, node?.height)),
    ...(ahead.length === 0 ? [nothingAhead(node?.height)] : []),
    ...ahead.map(({ image }) => imageHere(image, facts)),
  ];
}

/** The listed upgrades that the node has not passed, the next first. */
export function upgradesAhead({ policy, status }: Facts): ListedUpgrade[] {
  if (policy.kind !== "read") return [];
  const at = status.result.kind === "ok" ? (status.result.node.height ?? 0) : 0;
  return policy.policy.upgrades
    .filter(({ height }) => height !== undefined && height >= at)
    .sort((a, b) => (a.height ?? 0) - (b.height ?? 0));
}

function chainFinding({ chainId }: Policy, seen: string | undefined): Finding {
  if (chainId === undefined)
    return todo(
      "policy",
      "The policy names no chain, so nothing is acted on.",
      `Add "chainId"${seen === undefined ? "" : `: ${JSON.stringify(printable(seen))}`} to it.`,
    );
  const named = quotedName(chainId);
  if (seen === undefined)
    return notChecked("policy", `The policy is for ${named}, and the node's chain was not seen.`);
  if (seen !== chainId)
    return todo(
      "policy",
      `The policy is for ${named}, and the node is on ${quotedName(seen)}.`,
      "Give the policy of this node's chain.",
    );
  return ok("policy", `The policy is for ${named}, the node's chain.`);
}

function withoutHeight({ planName }: ListedUpgrade): Finding {
  const plan = quotedName(planName);
  return todo(
    "upgrade",
    `${plan} is listed without a height, and only a listed height binds.`,
    `Add "height" to ${plan}, as the proposal has it.`,
  );
}

/** A policy that says two things of a plan contradicts itself: nothing is announced or changed for it. */
function listedAgain(upgrades: readonly ListedUpgrade[]): Finding[] {
  const others = (one: ListedUpgrade, index: number) =>
    upgrades.findIndex(({ planName }) => planName === one.planName) < index &&
    upgrades.some(
      ({ planName, height, image }) =>
        planName === one.planName && (height !== one.height || image !== one.image),
    );
  const names = new Set(upgrades.filter(others).map(({ planName }) => quotedName(planName)));
  return [...names].map((plan) =>
    todo(
      "upgrade",
      `${plan} is listed more than once, with another height or image: its halt may be neither announced nor acted on.`,
      `List ${plan} once, as the proposal has it.`,
    ),
  );
}

/** A node that has halted tells its plan's height, or the one before. */
const STANDS_WITHIN = 1;

function aheadFinding({ planName, height = 0 }: ListedUpgrade, at: number | undefined): Finding {
  const plan = `${quotedName(planName)} is listed at ${height}`;
  if (at === undefined) return notChecked("upgrade", `${plan}; how far ahead that is was not seen.`);
  const left = height - at;
  if (left <= STANDS_WITHIN)
    return notChecked(
      "upgrade",
      `${plan}, and the node is at ${at}: it has halted there, unless it moves on within a block's time.`,
      "Ask again in a moment, and read its log: docs/guides/alerts.md says what a halt asks for.",
    );
  return ok("upgrade", `${plan}, ${left} blocks ahead.`);
}

function nothingAhead(at: number | undefined): Finding {
  const where = at === undefined ? "" : ` ahead of ${at}`;
  return todo(
    "upgrade",
    `No upgrade is listed${where}: the next halt would only be paged.`,
    "List each upgrade with its height as soon as it is voted for.",
  );
}

function imageHere(image: string, { imagesHere, registries }: Facts): Finding {
  if (imagesHere?.includes(image) === true) return ok("image", `${printable(image)} is on this machine.`);
  return imageFinding(image, registries?.get(image), "Pull it once before the height.");
}
