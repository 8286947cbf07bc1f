/**
 * Why a node stopped on purpose. The number is the process's exit code, the wire's `reason`.
 * Append-only: a released number is never renumbered or renamed.
 */
export const ShutdownReason = {
  /** What a reader has when it knows nothing. Never sent by a producer. */
  Unknown: 0,
  /** At or past the plan's height, and this binary has no handler for the plan. */
  UpgradeRequired: 70,
  /** This binary has the handler of a non-minor plan whose height has not come. */
  BinaryTooNew: 71,
  /** The last applied plan has no handler in this binary. */
  DowngradeDetected: 72,
} as const;
export type ShutdownReason = (typeof ShutdownReason)[keyof typeof ShutdownReason];

/** A reason that a producer may announce. */
export type HaltReason = Exclude<ShutdownReason, 0>;

const TOKENS = {
  0: "unknown",
  70: "upgrade_required",
  71: "binary_too_new",
  72: "downgrade_detected",
} as const satisfies Record<ShutdownReason, string>;

/** The wire's `reason_string`. */
export type ReasonToken = (typeof TOKENS)[ShutdownReason];

/** Codes that are kept for reasons to come, both ends included. */
export const ReservedRange = {
  /** Upgrade-related graceful halts. */
  upgrade: { first: 73, last: 79 },
  /** Operator-action halts that are no upgrade. */
  operator: { first: 80, last: 89 },
} as const;
export type ReservedRange = keyof typeof ReservedRange;

/** A reason, a range that is kept for reasons to come, or a number that is no matter of the contract. */
export type ExitCodeMeaning =
  | { readonly kind: "reason"; readonly reason: ShutdownReason }
  | { readonly kind: "reserved"; readonly range: ReservedRange }
  | { readonly kind: "outside" };

/** The exit code that announces a reason. */
export function exitCode(reason: HaltReason): number {
  return reason;
}

/** The token that stands for a reason on the wire. */
export function reasonToken<R extends ShutdownReason>(reason: R): (typeof TOKENS)[R] {
  return TOKENS[reason];
}

const REASONS: ReadonlyMap<unknown, ShutdownReason> = new Map(
  Object.values(ShutdownReason).map((reason) => [TOKENS[reason], reason]),
);

/** The reason that a token stands for, or `undefined` where no reason has that token. */
export function parseReasonToken(token: unknown): ShutdownReason | undefined {
  return REASONS.get(token);
}

const OUTSIDE: ExitCodeMeaning = Object.freeze({ kind: "outside" });

/** Reasons come last: one that is taken from a reserved range is a reason from then on. */
const MEANINGS: ReadonlyMap<unknown, ExitCodeMeaning> = new Map([
  ...reserved("upgrade"),
  ...reserved("operator"),
  ...Object.values(ShutdownReason).map((reason) => entry(reason, { kind: "reason", reason })),
]);

/**
 * What an exit code (or a wire `reason`) means. Total: anything at all has an answer, of its own type alone.
 *
 * @example
 * ```ts
 * import { parseExitCode } from "@upgrade-halt/contract";
 *
 * parseExitCode(70); // { kind: "reason", reason: 70 }
 * parseExitCode(75); // { kind: "reserved", range: "upgrade" }
 * parseExitCode("70"); // { kind: "outside" }
 * ```
 */
export function parseExitCode(code: unknown): ExitCodeMeaning {
  return MEANINGS.get(code) ?? OUTSIDE;
}

function reserved(range: ReservedRange): [number, ExitCodeMeaning][] {
  const { first, last } = ReservedRange[range];
  return Array.from({ length: last - first + 1 }, (_, i) => entry(first + i, { kind: "reserved", range }));
}

function entry(code: number, meaning: ExitCodeMeaning): [number, ExitCodeMeaning] {
  return [code, Object.freeze(meaning)];
}
