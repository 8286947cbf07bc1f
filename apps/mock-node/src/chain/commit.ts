import type { Block } from "./block.ts";
import { blockId } from "./header.ts";
import { merkleRoot } from "./merkle.ts";
import { bytesField, delimited, fixedField, integerField, messageField, timestamp } from "./proto.ts";

const PRECOMMIT = 2;
/** `BLOCK_ID_FLAG_COMMIT`. */
export const FLAG_COMMIT = 2;

/** Who signs, and for which chain. */
export interface Signer {
  readonly chainId: string;
  readonly validator: { readonly address: Buffer; sign(message: Buffer): Buffer };
}

/** The validator's signature under a block, over the canonical vote (CometBFT `types.VoteSignBytes`). */
export function voteSignature(block: Block, { chainId, validator }: Signer): Buffer {
  const vote = Buffer.concat([
    integerField(1, PRECOMMIT),
    fixedField(2, block.height),
    messageField(4, blockId(block.hash)),
    messageField(5, timestamp(block.time)),
    bytesField(6, chainId),
  ]);
  return validator.sign(delimited(vote));
}

/** The root over a block's signatures, which the next header carries (CometBFT `types.Commit.Hash`). */
export function commitHash(block: Block | undefined, signer: Signer): Buffer {
  if (block === undefined) return merkleRoot([]);
  const signature = Buffer.concat([
    integerField(1, FLAG_COMMIT),
    bytesField(2, signer.validator.address),
    messageField(3, timestamp(block.time)),
    bytesField(4, voteSignature(block, signer)),
  ]);
  return merkleRoot([signature]);
}
