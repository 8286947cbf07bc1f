import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { NodeHalt } from "../api/node-halt.ts";
import type { NodeRecordStatus, RanImage } from "../api/node-record.ts";

/** What is known of a node whose binary is too new. */
export interface RanBefore {
  readonly halt: NodeHalt;
  readonly record: NodeRecordStatus | undefined;
  /** The journals of the same node. */
  readonly journals: readonly NodeHalt[];
  readonly policy: HaltPolicySpec;
}

/**
 * The image to go back to, by digest: the one that this node was seen to make blocks on last, if it is another than the
 * one that halted. `undefined` where its digest is not known, where it halted itself, or where a plan was applied since:
 * an older binary on migrated data is a downgrade.
 */
export function previousImage({ halt, record, journals, policy }: RanBefore): string | undefined {
  const last = record?.images?.find(({ image }) => image !== halt.spec.image);
  if (last === undefined) return undefined;
  const halted = journals.some(
    ({ spec, status }) => spec.image === last.image && status?.phase !== "Withdrawn",
  );
  if (halted || isPastPlan(last, record, journals, policy)) return undefined;
  return pinned(last);
}

function isPastPlan(
  { image, height }: RanImage,
  record: NodeRecordStatus | undefined,
  journals: readonly NodeHalt[],
  policy: HaltPolicySpec,
): boolean {
  const now = record?.height ?? height;
  const isApplied = policy.upgrades.some(
    (upgrade) => upgrade.height !== undefined && upgrade.height > height && upgrade.height < now,
  );
  return (
    isApplied ||
    journals.some(
      ({ spec, status }) =>
        status?.phase === "Recovered" &&
        status.action === "SwapImage" &&
        !isSameImage(status.toImage, image) &&
        (spec.height ?? Number.POSITIVE_INFINITY) >= height,
    )
  );
}

function isSameImage(one: string | undefined, other: string): boolean {
  return one === other;
}

/** `name:tag@sha256:...`: the digest decides, the tag is for people. */
function pinned({ image, imageID = "" }: RanImage): string | undefined {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return image;
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(imageID)?.[1];
  return digest === undefined ? undefined : `${image}@${digest}`;
}
