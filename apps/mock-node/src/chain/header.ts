import type { Block } from "./block.ts";
import { merkleRoot, sha256 } from "./merkle.ts";
import { bytesField, integerField, messageField, timestamp } from "./proto.ts";

/** CometBFT's block protocol. */
export const BLOCK_PROTOCOL = 11;
/** What the only validator votes with. */
export const VOTING_POWER = 10;
/** The root of a tree without leaves: no transactions, no evidence, no results. */
export const EMPTY_ROOT = merkleRoot([]);

/** `block.max_bytes` and `block.max_gas` of the consensus parameters, the two that headers commit to. */
const MAX_BYTES = 22_020_096;
export const CONSENSUS_HASH = sha256(integerField(1, MAX_BYTES));

/** What a header says beyond its block. */
export interface HeaderContext {
  readonly chainId: string;
  /** The only validator, which proposes every block. */
  readonly validator: { readonly publicKey: Buffer; readonly address: Buffer };
  /** The root over the signatures of the block before. */
  readonly lastCommitHash: Buffer;
}

/** A block's parts as one stand-in part: blocks are not gossiped here, so nobody can ask for it. */
export function partsHash(hash: Buffer): Buffer {
  return merkleRoot([hash]);
}

/** A `BlockID` message; that of no block when `hash` is empty. */
export function blockId(hash: Buffer): Buffer {
  if (hash.length === 0) return messageField(2);
  return Buffer.concat([
    bytesField(1, hash),
    messageField(2, integerField(1, 1), bytesField(2, partsHash(hash))),
  ]);
}

/** The hash of the validator set (CometBFT `ValidatorSet.Hash`). */
export function validatorsHash({ publicKey }: HeaderContext["validator"]): Buffer {
  return merkleRoot([
    Buffer.concat([messageField(1, bytesField(1, publicKey)), integerField(2, VOTING_POWER)]),
  ]);
}

/** The hash of a header: the root over its fields (CometBFT `types.Header.Hash`). */
export function headerHash(block: Omit<Block, "hash">, context: HeaderContext): Buffer {
  const { chainId, validator, lastCommitHash } = context;
  const validators = bytesField(1, validatorsHash(validator));
  const empty = bytesField(1, EMPTY_ROOT);
  return merkleRoot([
    integerField(1, BLOCK_PROTOCOL),
    bytesField(1, chainId),
    integerField(1, block.height),
    timestamp(block.time),
    blockId(block.previousHash),
    bytesField(1, lastCommitHash),
    empty,
    validators,
    validators,
    bytesField(1, CONSENSUS_HASH),
    bytesField(1, block.appHash),
    empty,
    empty,
    bytesField(1, validator.address),
  ]);
}
