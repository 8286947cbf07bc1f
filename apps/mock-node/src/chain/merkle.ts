import { hash as digest } from "node:crypto";

const LEAF = Buffer.of(0);
const INNER = Buffer.of(1);

/** SHA-256. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return digest("sha256", Buffer.concat(parts), "buffer");
}

/** The root of a Merkle tree over byte strings (RFC 6962; CometBFT `crypto/merkle`). */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(LEAF, first);
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256(INNER, merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}
