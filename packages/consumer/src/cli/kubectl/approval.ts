import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import { z } from "@upgrade-halt/contract/zod";
import { ConsumerError } from "../../consumer-error.ts";
import { printable, quotedName } from "../../printable.ts";
import { APPROVED, type HaltPolicy, isBelieved, type NodeHalt, type Upgrade } from "./objects.ts";

/** What a policy lists once an image is approved for a halt. */
export interface Approval {
  readonly upgrades: readonly Upgrade[];
  readonly upgrade: Approved;
  /** False where it is listed just so already. */
  readonly changed: boolean;
  /** False where a person listed it, and only the height was missing. */
  readonly isNew: boolean;
}

/**
 * Lists `image` for exactly the halt's plan and height. What a person has listed for the plan before is never changed, but for a
 * height that is missing.
 *
 * @throws ConsumerError `failure` that says what was found, and what to do.
 */
export function approvalOf(halt: NodeHalt, policy: HaltPolicy, image: string): Approval {
  requireSeen(halt);
  const { planName, height } = requirePlan(halt);
  if (image === halt.spec.image)
    fail(
      `${image} is the image that halted: it has no handler for plan ${quotedName(planName)}. Give the image that runs past it.`,
    );
  requireOneContainer(halt, policy);
  requireOneChain(halt, policy);
  const before = policy.spec.upgrades ?? [];
  const listed = before.find((upgrade) => upgrade.planName === planName);
  const upgrade = { planName, height, image };
  if (listed === undefined) return { upgrades: [...before, upgrade], upgrade, changed: true, isNew: true };
  const isOther = listed.image !== image || (listed.height != null && listed.height !== height);
  if (isOther)
    fail(
      `HaltPolicy ${policy.metadata.name} lists ${listed.image} for plan ${quotedName(planName)}${listed.height == null ? "" : ` at height ${listed.height}`}, and this halt is at height ${height}. Find out which is right, and change the policy: kubectl edit haltpolicy ${policy.metadata.name} --namespace=${policy.metadata.namespace}.`,
    );
  const upgrades = before.map((one) => (one === listed ? { ...one, height } : one));
  return { upgrades, upgrade, changed: listed.height == null, isNew: false };
}

function requireSeen(halt: NodeHalt): void {
  if (!isBelieved(halt))
    fail(
      `The controller never saw what NodeHalt ${halt.metadata.name} tells: anybody may have written it. Nothing is listed for it. Find out who wrote it.`,
    );
}

function requirePlan({ metadata, spec }: NodeHalt): { readonly planName: string; readonly height: number } {
  const { reason, planName, height } = spec;
  const required = reasonToken(ShutdownReason.UpgradeRequired);
  if (reason !== required)
    fail(`NodeHalt ${metadata.name} is for ${reason}: an image is listed only for ${required}.`);
  if (planName == null || height == null)
    fail(
      `The node of NodeHalt ${metadata.name} named no ${planName == null ? "plan" : "height"}: no image can be listed for it.`,
    );
  // A NodeHalt has the name as it may be shown: what had to be changed for that is not the plan's name.
  if (/\\u\{|…$/.test(planName))
    fail(
      `The plan's name is not recorded as it is (${quotedName(planName)}): list the image in the HaltPolicy yourself.`,
    );
  return { planName, height };
}

function requireOneContainer({ metadata, spec }: NodeHalt, policy: HaltPolicy): void {
  const named = policy.spec.container;
  if (spec.container !== named)
    fail(
      `NodeHalt ${metadata.name} is of container ${spec.container}, and HaltPolicy ${policy.metadata.name} is about ${named}: nothing is listed. Have the policy name ${spec.container}, or upgrade the node yourself.`,
    );
}

function requireOneChain({ metadata, status }: NodeHalt, policy: HaltPolicy): void {
  const [seen, named] = [status?.seen?.chainId, policy.spec.chainId];
  if (seen != null && named != null && seen !== named)
    fail(
      `The node of NodeHalt ${metadata.name} is on chain ${seen}, and HaltPolicy ${policy.metadata.name} is of ${named}: nothing is listed.`,
    );
}

/** The entries of a policy that `approve` listed, as far as it noted them. */
export function approvedIn({ metadata }: HaltPolicy): readonly Approved[] {
  try {
    return z.array(ApprovedSchema).parse(JSON.parse(metadata.annotations?.[APPROVED] ?? "[]"));
  } catch {
    return [];
  }
}

const ApprovedSchema = z.object({ planName: z.string(), height: z.int(), image: z.string() });
export type Approved = z.infer<typeof ApprovedSchema>;

/** Whether two entries are for the same plan at the same height, with the same image. */
export function isSameEntry(one: Upgrade, other: Upgrade): boolean {
  return one.planName === other.planName && one.height === other.height && one.image === other.image;
}

function fail(message: string): never {
  throw new ConsumerError("failure", printable(message, 1_000));
}
