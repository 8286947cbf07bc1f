import { type HaltReason, reasonToken } from "@upgrade-halt/contract";
import { HALT_SOURCES, type HaltSource, type KnownHalt } from "./evidence.ts";
import { printable } from "./printable.ts";
import type { HaltedVerdict } from "./verdict.ts";

/** What one source says of a halt. A field that it does not name agrees with anything. */
export interface Claim {
  readonly reason: HaltReason;
  readonly plan?: string | undefined;
  readonly height?: number | undefined;
}

/** What says by itself that a node halted. A listed plan, a height and a file only confirm it. */
const ANNOUNCING: ReadonlySet<HaltSource> = new Set(["live-intent", "exit-code", "plan-line"]);

/** The case for one halt: what is claimed, who agrees, and what speaks against it. */
export class HaltCase {
  readonly reason: HaltReason;
  plan: string | undefined;
  height: number | undefined;
  readonly contradictions: string[] = [];
  #sources = new Set<HaltSource>();
  #disputed = false;
  #latched: KnownHalt | undefined;

  constructor(claim: Claim) {
    this.reason = claim.reason;
    this.plan = claim.plan;
    this.height = claim.height;
  }

  /** Whether a claim contradicts nothing that the case holds so far. */
  agrees(claim: Claim): boolean {
    return (
      claim.reason === this.reason &&
      (claim.plan === undefined || this.plan === undefined || claim.plan === this.plan) &&
      (claim.height === undefined || this.height === undefined || claim.height === this.height)
    );
  }

  /** Takes over what an agreeing claim knows more. */
  support(source: HaltSource, claim: Claim): void {
    this.#sources.add(source);
    this.plan ??= claim.plan;
    this.height ??= claim.height;
  }

  has(source: HaltSource): boolean {
    return this.#sources.has(source);
  }

  /** A present source says something else: nothing is to be done without a person. */
  dispute(contradiction: string): void {
    this.#disputed = true;
    this.contradictions.push(contradiction);
  }

  /** The same halt was concluded before. One that was disputed then lends no source to this case. */
  latch(belief: KnownHalt): void {
    this.#latched = belief;
    if (!belief.corroborated && belief.sources.length !== 1) return;
    for (const source of belief.sources) this.#sources.add(source);
    this.plan ??= belief.plan;
    this.height ??= belief.height;
  }

  conclude(since: string): HaltedVerdict {
    const named = HALT_SOURCES.filter((source) => this.#sources.has(source));
    const announced = named.some((source) => ANNOUNCING.has(source));
    // What was only inferred before needs more than a list to become certain: it is inferred anew, or stays as it was.
    const inferred = this.#latched?.inferred === true && !this.#isAnnounced();
    const agreed = announced && named.length >= 2 && !inferred;
    const corroborated = !this.#disputed && (agreed || this.#latched?.corroborated === true);
    const { reason, plan, height, contradictions } = this;
    return {
      kind: "halted",
      reason,
      plan,
      height,
      corroborated,
      sources: this.#sourcesOf(named, { announced, inferred, corroborated }),
      ...(this.#disputed || (!agreed && this.#latched?.disputed) ? { disputed: true as const } : {}),
      ...(inferred ? { inferred: true as const } : {}),
      why: `It halted for ${describeClaim(this)}, as ${this.#grounds(named, corroborated)}${since}.`,
      contradictions,
    };
  }

  /** The node itself said so, or whoever supervises it. */
  #isAnnounced(): boolean {
    return this.has("exit-code") || this.has("live-intent");
  }

  #sourcesOf(
    named: readonly HaltSource[],
    is: { readonly announced: boolean; readonly inferred: boolean; readonly corroborated: boolean },
  ): readonly HaltSource[] {
    if (!is.announced || this.#disputed) return [];
    return is.inferred && !is.corroborated ? named.slice(0, 1) : named;
  }

  #grounds(named: readonly HaltSource[], corroborated: boolean): string {
    const before = this.#latched === undefined ? "a doubtful intent" : "an earlier verdict";
    const speakers = named.join(", ") || before;
    if (corroborated) return named.length >= 2 ? `${speakers} agree` : "an earlier verdict found";
    return `${speakers} said, which ${this.#disputed ? "something else disputes" : "is not enough to act on"}`;
  }
}

/** A claim in a few words: `upgrade_required (plan v6.7 at height 30)`. */
export function describeClaim({ reason, plan, height }: Claim): string {
  const token = reasonToken(reason);
  if (plan === undefined) return height === undefined ? token : `${token} (height ${height})`;
  const name = `plan ${printable(plan)}`;
  return height === undefined ? `${token} (${name})` : `${token} (${name} at height ${height})`;
}
