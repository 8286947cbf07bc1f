import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";

/** Every reason that a node may halt for, in the order of their codes. */
export const HALT_REASONS: readonly HaltReason[] = Object.values(ShutdownReason).filter(
  (reason): reason is HaltReason => reason !== ShutdownReason.Unknown,
);
