import { type Evidence, INFERRED_REACH_BLOCKS, STANDSTILL_MS } from "@upgrade-halt/consumer";
import { isNear } from "./height-reach.ts";
import type { LogFinding } from "./log-finding.ts";

/** What was recorded of a node before this process watched it. */
export type Recalled = Partial<
  Pick<LiveStatus, "chainId" | "height" | "heightAt" | "validatorAddress" | "addressOf" | "alsoTold">
>;

/** What the controller remembers of one running pod's `/status`: a cache, and what was recorded before. */
export interface LiveStatus {
  /** Absent before this process has read it. */
  readonly sighting: Evidence["status"];
  /** The chain that the pod said last it belongs to. What was seen of it on another chain is forgotten. */
  readonly chainId: string | undefined;
  /** Address of the consensus key that the pod said last it signs with. */
  readonly validatorAddress: string | undefined;
  /** The run that told it, in restarts, where this process read it; or a pod of the same name before this one. */
  readonly addressOf?: number | "another-pod" | undefined;
  /** Other addresses that were told in that run: somebody else answers as well, and nobody knows who said what. */
  readonly alsoTold?: readonly string[] | undefined;
  /** Newest and first height that the pod told, and when the first was. */
  readonly height: number | undefined;
  /** When it told that height last, and when it was last known to be below it; in ms since the epoch. */
  readonly heightAt?: number | undefined;
  readonly belowAt?: number | undefined;
  readonly firstHeight: number | undefined;
  readonly firstHeightAt: number;
  /** Run of the container, in restarts, that the sighting is of, and the first height that this run told. */
  readonly run: number | undefined;
  readonly runHeight: number | undefined;
  /** Since when every reading of this run told the newest height, by this reader's clock. */
  readonly stillSince?: number | undefined;
  /** Since when this run has answered without a gap in which another process could have taken its place. */
  readonly answersSince?: number | undefined;
  /** What was found in the container's log, where it was read. */
  readonly log?: LogFinding | undefined;
}

/** Of a run that told many addresses so many are kept. */
export const MOST_ADDRESSES = 8;

/**
 * What is remembered after a reading of this run; what was seen on another chain is forgotten. `isSlow`: something took the
 * connection and did not answer in time, which is no gap.
 */
export function liveStatus(
  known: LiveStatus | undefined,
  sighting: NonNullable<LiveStatus["sighting"]>,
  run: number | undefined,
  isSlow = false,
): LiveStatus {
  const node = sighting.kind === "answered" ? sighting.node : undefined;
  const addresses = new Set(known !== undefined && known.addressOf === run ? addressesOf(known) : []);
  const isKnown = addresses.size > 0;
  if (isKnown && run !== undefined && node?.validatorAddress !== undefined)
    addresses.add(node.validatorAddress);
  if (isKnown && addresses.size > 1) return ofSeveral([...addresses], sighting.at, run);
  const before = isOnAnotherChain(known, node) ? undefined : known;
  const gapless = run !== undefined && run === before?.run ? before.answersSince : undefined;
  const told = node?.height === undefined || node.height < 0 ? undefined : node.height;
  return {
    sighting,
    chainId: node?.chainId ?? before?.chainId,
    validatorAddress: node?.validatorAddress ?? known?.validatorAddress,
    addressOf: node?.validatorAddress === undefined ? known?.addressOf : run,
    height: told ?? before?.height,
    heightAt: told === undefined ? before?.heightAt : sighting.at,
    belowAt: belowAt(before, told),
    firstHeight: before?.firstHeight ?? told,
    firstHeightAt: before?.firstHeight === undefined ? sighting.at : before.firstHeightAt,
    run,
    runHeight: run !== undefined && before?.run === run ? (before.runHeight ?? told) : told,
    answersSince: told === undefined ? (isSlow ? gapless : undefined) : (gapless ?? sighting.at),
    stillSince: stillSince(before, told, run) ?? (told === undefined ? undefined : sighting.at),
  };
}

/** The validator addresses that a node told in its newest run, as far as it is known to have told any. */
export function addressesOf({ validatorAddress, alsoTold = [] }: LiveStatus): readonly string[] {
  return validatorAddress === undefined ? [] : [validatorAddress, ...alsoTold];
}

/**
 * A run that told several validator addresses: no process changes its key, so another node answers at its address, too. It may be each of
 * these validators, and nothing that is read there counts as its own.
 */
function ofSeveral(addresses: readonly string[], at: number, run: number | undefined): LiveStatus {
  const [validatorAddress, ...alsoTold] = addresses.slice(0, MOST_ADDRESSES);
  const problem = `one run told the validator addresses ${addresses.slice(0, 2).join(" and ")}, so another node answers there as well`;
  const sighting = { kind: "silent", at, problem } as const;
  return { ...recalledStatus({ validatorAddress, alsoTold, addressOf: run }), sighting, run };
}

/** Heights of one chain say nothing about another: a node that goes on to one begins anew. */
function isOnAnotherChain(
  known: LiveStatus | undefined,
  node: { readonly chainId?: string | undefined } | undefined,
): boolean {
  return node?.chainId !== undefined && known?.chainId !== undefined && node.chainId !== known.chainId;
}

/** When a node that tells a height was last known to be below it. One that went back may have been there before. */
function belowAt(before: LiveStatus | undefined, told: number | undefined): number | undefined {
  if (told === undefined || told === before?.height) return before?.belowAt;
  return before?.height !== undefined && told > before.height ? before.heightAt : undefined;
}

/**
 * Whether what a run's log says of the height at which it stands was said by the process that stands there: it answered all the way
 * from below that height on. A wrapper may start another process in the same container, which leaves the line behind.
 */
export function isOneProcess({ answersSince: since, belowAt: below }: LiveStatus): boolean {
  return since !== undefined && below !== undefined && since <= below;
}

/** A reading that told no height ends a standstill: nobody knows what was in between. */
function stillSince(
  before: LiveStatus | undefined,
  told: number | undefined,
  run: number | undefined,
): number | undefined {
  const isSame = told !== undefined && told === before?.height && run !== undefined && run === before.run;
  return isSame ? before.stillSince : undefined;
}

/** A status that nobody has read yet, with what was recorded before. */
export function recalledStatus(recalled: Recalled): LiveStatus {
  const { chainId, height, heightAt, validatorAddress, addressOf, alsoTold } = recalled;
  const unread = {
    sighting: undefined,
    firstHeight: undefined,
    firstHeightAt: 0,
    run: undefined,
    runHeight: undefined,
  };
  return { ...unread, chainId, height, heightAt, validatorAddress, addressOf, alsoTold };
}

/** Whether a node that answers has not moved for a standstill's time, at the height of one of these plans or the one before. */
export function standsAtPlan(
  { sighting, height, stillSince }: LiveStatus,
  planHeights: readonly number[],
): boolean {
  if (sighting?.kind !== "answered" || stillSince === undefined) return false;
  if (sighting.at - stillSince < STANDSTILL_MS) return false;
  return planHeights.some((expected) => isNear(height, expected, INFERRED_REACH_BLOCKS));
}

/** Whether the height of the present run was seen to rise: it may make blocks. */
export function movesIn({ height, runHeight }: LiveStatus): boolean {
  return height !== undefined && runHeight !== undefined && height > runHeight;
}

/**
 * Blocks by which a height must grow before a node is known to make them. CometBFT stores a block before the application
 * gets it, and tells its height: a node whose application refuses every block still rises by one.
 */
const MADE_BLOCKS = 2;

/** Whether a node that came from one height to another made blocks that its application took. */
export function makesBlocks(from: number | undefined, to: number | undefined): boolean {
  return from !== undefined && to !== undefined && to >= from + MADE_BLOCKS;
}

/** The halt that the node announces, or why none is known, as one word or two. */
export function intentOf(live: LiveStatus | undefined): string | undefined {
  if (live?.sighting?.kind !== "answered") return undefined;
  const { haltIntent } = live.sighting.node;
  return haltIntent.kind === "intent" ? `${haltIntent.kind} ${haltIntent.intent.reason}` : haltIntent.kind;
}
