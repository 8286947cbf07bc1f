import { type HaltReason, reasonToken } from "@upgrade-halt/contract";
import { HALT_SOURCES, type HaltSource, type KnownHalt } from "./evidence.ts";
import { quotedName } from "./printable.ts";
import type { HaltedVerdict } from "./verdict.ts";

/** What one source says of a halt. A field that it does not name agrees with anything. */
export interface Claim {
  readonly reason: HaltReason;
  readonly plan?: string | undefined;
  readonly height?: number | undefined;
}

/** The case for one halt: what is claimed, who agrees, and what speaks against it. Each source that is weighed makes another one. */
export interface HaltCase extends Claim {
  readonly sources: readonly HaltSource[];
  readonly contradictions: readonly string[];
  /** A source says something else: nothing is to be done without a person. */
  readonly isDisputed: boolean;
  /** The same halt, as it was concluded before. */
  readonly latched: KnownHalt | undefined;
}

/** What says by itself that a node halted. A listed plan, a height and a file only confirm it. */
const ANNOUNCING: ReadonlySet<HaltSource> = new Set(["live-intent", "exit-code", "plan-line"]);

/** A case that nothing speaks for yet. */
export function caseOf({ reason, plan, height }: Claim): HaltCase {
  return { reason, plan, height, sources: [], contradictions: [], isDisputed: false, latched: undefined };
}

/** Whether a claim contradicts nothing that the case holds so far. */
export function agrees(halt: HaltCase, claim: Claim): boolean {
  return (
    claim.reason === halt.reason &&
    (claim.plan === undefined || halt.plan === undefined || claim.plan === halt.plan) &&
    (claim.height === undefined || halt.height === undefined || claim.height === halt.height)
  );
}

/** With sources that agree, and what their claim knows more. */
export function supported(halt: HaltCase, by: HaltSource | readonly HaltSource[], claim: Claim): HaltCase {
  return {
    ...halt,
    plan: halt.plan ?? claim.plan,
    height: halt.height ?? claim.height,
    sources: halt.sources.concat(by),
  };
}

/** With what does not fit, and yet disputes nothing. */
export function noted(halt: HaltCase, contradictions: string | readonly string[]): HaltCase {
  return { ...halt, contradictions: halt.contradictions.concat(contradictions) };
}

/** With a source that says something else, told before what only does not fit. */
export function disputed(halt: HaltCase, contradictions: string | readonly string[]): HaltCase {
  return { ...halt, contradictions: [contradictions, halt.contradictions].flat(), isDisputed: true };
}

/** With the same halt from before. One that was disputed then lends no source to this case. */
export function latchedBy(halt: HaltCase, belief: KnownHalt): HaltCase {
  const latched = { ...halt, latched: belief };
  const isLent = belief.corroborated || belief.sources.length === 1;
  return isLent ? supported(latched, belief.sources, belief) : latched;
}

/** The verdict of all that was weighed. `since` says what happened after the halt. */
export function concluded(halt: HaltCase, since: string): HaltedVerdict {
  const { reason, plan, height, contradictions, isDisputed, latched } = halt;
  const named = HALT_SOURCES.filter((source) => halt.sources.includes(source));
  const announced = named.some((source) => ANNOUNCING.has(source));
  // What was only inferred before needs more than a list to become certain: it is inferred anew, or stays as it was.
  const inferred = latched?.inferred === true && !isAnnounced(halt);
  const agreed = announced && named.length >= 2 && !inferred;
  const corroborated = !isDisputed && (agreed || latched?.corroborated === true);
  const told = inferred && !corroborated ? named.slice(0, 1) : named;
  return {
    kind: "halted",
    reason,
    plan,
    height,
    corroborated,
    sources: announced && !isDisputed ? told : [],
    ...(isDisputed || (!agreed && latched?.disputed) ? { disputed: true as const } : {}),
    ...(inferred ? { inferred: true as const } : {}),
    why: `It halted for ${describeClaim(halt)}, as ${groundsOf(halt, named, corroborated)}${since}.`,
    contradictions,
  };
}

/** The node itself said so, or whoever supervises it. */
function isAnnounced({ sources }: HaltCase): boolean {
  return sources.includes("exit-code") || sources.includes("live-intent");
}

function groundsOf(
  { latched, isDisputed }: HaltCase,
  named: readonly HaltSource[],
  corroborated: boolean,
): string {
  const before = latched === undefined ? "a doubtful intent" : "an earlier verdict";
  const speakers = named.join(", ") || before;
  if (corroborated) return named.length >= 2 ? `${speakers} agree` : "an earlier verdict found";
  return `${speakers} said, which ${isDisputed ? "something else disputes" : "is not enough to act on"}`;
}

/** A claim in a few words: `upgrade_required (plan v6.7 at height 30)`. */
export function describeClaim({ reason, plan, height }: Claim): string {
  const token = reasonToken(reason);
  if (plan === undefined) return height === undefined ? token : `${token} (height ${height})`;
  const name = `plan ${quotedName(plan)}`;
  return height === undefined ? `${token} (${name})` : `${token} (${name} at height ${height})`;
}
