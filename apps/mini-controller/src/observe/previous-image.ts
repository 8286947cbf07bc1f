import type { HaltPolicySpec } from "../api/halt-policy.ts";
import type { NodeHalt, NodeHaltSpec, Seen } from "../api/node-halt.ts";
import type { NodeRecordStatus, RanImage } from "../api/node-record.ts";
import { containerStatusOf, type Pod } from "../model/pod.ts";
import type { TemplateRevision } from "../workloads/template-revision.ts";
import { type HaltedRun, haltedAtOnce } from "./first-run.ts";

/** What the API server tells of the pod that halted, and of the template that the recorded image is of. */
export interface Lineage {
  readonly pod: Pod;
  readonly present: TemplateRevision | undefined;
  readonly former: TemplateRevision | undefined;
}

type Shown = Pick<NodeHaltSpec, "podUID" | "container" | "restartCount" | "image">;
type RunOfHalt = HaltedRun & Shown;

/** What a halt tells of its run: when, and for how long, is only believed of what the controller saw. */
export function haltedRun(
  { podUID, container, restartCount, image }: Shown,
  { at, firstRunMs }: Pick<Seen, "at" | "firstRunMs">,
): RunOfHalt {
  return { podUID, container, restartCount, image, at, firstRunMs };
}

/** What is known of a node whose binary is too new. */
export interface RanBefore {
  readonly halt: RunOfHalt;
  readonly record: NodeRecordStatus | undefined;
  /** The journals of the same node. */
  readonly journals: readonly NodeHalt[];
  readonly policy: HaltPolicySpec;
  readonly lineage: Lineage;
}

/** How long before the pod that halted was made the one before it may have been seen last, whichever clock is ahead. */
const HANDOVER_MS = 60_000;

/**
 * The image to go back to, by digest: the one that this node was seen to make blocks on last, if the pod that halted came
 * directly after it. `undefined` where that can't be proven, where its digest is not known, where it halted itself, or
 * where a plan was applied since: an older binary on migrated data is a downgrade.
 */
export function previousImage(ran: RanBefore): string | undefined {
  const last = ran.record?.images?.[0];
  if (last === undefined || !isFollowed(last, ran) || wasLeft(last, ran)) return undefined;
  return pinned(last);
}

/**
 * Whether the pod that halted came directly after the recorded one, and halted at once. A record alone is no proof: other images may
 * have run, and applied plans, while nobody watched, and so may this one. The templates say which came after which, and the times that
 * no other pod came between.
 */
function isFollowed(last: RanImage, { halt, lineage: { pod, present, former } }: RanBefore): boolean {
  if (present === undefined || former === undefined || present.owner === undefined) return false;
  const isNext = former.owner === present.owner && Math.abs(present.number - former.number) === 1;
  const isOfBoth = present.image === halt.image && former.image === last.image;
  const madeAfter = Date.parse(pod.metadata.creationTimestamp ?? "") - Date.parse(last.at);
  const isSoon = Math.abs(madeAfter) <= HANDOVER_MS;
  return isNext && isOfBoth && isSoon && haltedAtOnce(halt, pod) && isOther(last, halt, pod);
}

/** Whether the image is another than the one that halted: a tag may have been pushed anew, and only digests say so. */
function isOther(last: RanImage, { image, container }: RanBefore["halt"], pod: Pod): boolean {
  const halted = digestOf({ image, imageID: containerStatusOf(pod, container)?.imageID });
  if (halted === undefined) return last.image !== image;
  return digestOf(last) !== halted;
}

/** Whether the image halted itself, or a plan was applied after it. */
function wasLeft({ image, height }: RanImage, { record, journals, policy }: RanBefore): boolean {
  const now = record?.height ?? height;
  const isPassed = policy.upgrades.some(
    (upgrade) => upgrade.height !== undefined && upgrade.height > height && upgrade.height < now,
  );
  return (
    isPassed ||
    journals.some(({ spec, status }) => spec.image === image && status?.phase !== "Withdrawn") ||
    journals.some(
      ({ spec, status }) =>
        status?.phase === "Recovered" &&
        status.action === "SwapImage" &&
        status.toImage !== image &&
        (spec.height ?? Number.POSITIVE_INFINITY) >= height,
    )
  );
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

function digestOf({ image, imageID = "" }: Pick<RanImage, "image" | "imageID">): string | undefined {
  return (DIGEST.exec(image) ?? DIGEST.exec(imageID))?.[1];
}

/** `name:tag@sha256:...`: the digest decides, the tag is for people. `undefined` where no digest is known. */
export function pinned(last: RanImage): string | undefined {
  const digest = digestOf(last);
  if (digest === undefined || DIGEST.test(last.image)) return digest && last.image;
  return `${last.image}@${digest}`;
}
