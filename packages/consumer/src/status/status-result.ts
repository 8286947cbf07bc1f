import type { Dispatcher } from "undici";
import type { NodeStatus, StatusEnvelope } from "../evidence.ts";

/** Bounds on one reading, with their defaults. */
export interface StatusLimits {
  /** Deadline of the whole reading, connect to last byte, in ms. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Longest body in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Gives up early; the result is then `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Connections to share between readings. */
  readonly dispatcher?: Dispatcher | undefined;
  /** The reader's clock, in ms since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** Why a reading brought no status. */
export type StatusFailureKind =
  /** No connection, or one that broke. */
  | "unreachable"
  /** This reader will not do it: another scheme, credentials in the URL, a redirect, a compressed body. */
  | "refused"
  | "timeout"
  | "too-large"
  | "not-a-status"
  | "rpc-error"
  | "aborted";

/** A reading that brought a status. */
export interface StatusRead {
  readonly kind: "ok";
  /** When the reading ended, by the reader's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly envelope: StatusEnvelope;
  readonly node: NodeStatus;
}

/** A reading that brought none, and why. */
export interface StatusFailure {
  readonly kind: StatusFailureKind;
  /** When the reading ended, by the reader's clock, in milliseconds since the epoch. */
  readonly at: number;
  /** One clause for a person, free of control characters. */
  readonly problem: string;
  /** HTTP status of an answer that is no status. */
  readonly httpStatus?: number | undefined;
}

/** What `readStatus` answers with. */
export type StatusResult = StatusRead | StatusFailure;
