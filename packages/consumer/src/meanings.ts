import { type HaltReason, ShutdownReason } from "@upgrade-halt/contract";

/** A halt's meaning for a person, and the default action of the wire contract, a sentence each. */
export interface Meaning {
  readonly happened: string;
  readonly action: string;
}

/** What each reason means. */
export const MEANINGS: Readonly<Record<HaltReason, Meaning>> = {
  [ShutdownReason.UpgradeRequired]: {
    happened: "the chain is at or past a plan's height, and this binary has no handler for the plan.",
    action:
      "swap to the image listed for exactly that plan once a second source agrees, or page where none is listed.",
  },
  [ShutdownReason.BinaryTooNew]: {
    happened: "this binary has the handler of a plan whose height has not come.",
    action:
      "page, and roll back to the image that ran before. If this binary ever made a block, that image may be older than the data.",
  },
  [ShutdownReason.DowngradeDetected]: {
    happened: "the last applied plan has no handler in this binary: it is older than the chain's data.",
    action: "page, and never restart it: a person decides.",
  },
};
