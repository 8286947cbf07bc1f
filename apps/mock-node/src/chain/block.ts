/** A block as the chain stores it. Hashes have 32 bytes; those of nothing, in the first block, have none. */
export interface Block {
  readonly height: number;
  /** Nanoseconds since 1970, UTC. */
  readonly time: bigint;
  /** The state that the block before this one left. */
  readonly appHash: Buffer;
  /** The hash of the block before this one. */
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** RFC 3339 in UTC with up to nine fraction digits, trailing zeros trimmed, as Go's `RFC3339Nano`. */
export function formatTime(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

/** Upper-case hex, as CometBFT writes hashes. */
export function formatHash(hash: Buffer): string {
  return hash.toString("hex").toUpperCase();
}
