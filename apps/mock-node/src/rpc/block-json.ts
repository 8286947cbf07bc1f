import { type Block, formatHash, formatTime } from "../chain/block.ts";
import { commitHash, FLAG_COMMIT, voteSignature } from "../chain/commit.ts";
import { BLOCK_PROTOCOL, CONSENSUS_HASH, EMPTY_ROOT, partsHash, validatorsHash } from "../chain/header.ts";
import type { NodeView } from "./node-view.ts";

/*
 * Blocks as CometBFT's JSON has them: 64-bit integers as strings, hashes in upper-case hex, signatures in base64.
 */

export function blockIdJson(hash: Buffer): object {
  const isNothing = hash.length === 0;
  return {
    hash: formatHash(hash),
    parts: { total: isNothing ? 0 : 1, hash: isNothing ? "" : formatHash(partsHash(hash)) },
  };
}

export function headerJson(block: Block, view: NodeView): object {
  const validator = view.identity;
  const validators = formatHash(validatorsHash(validator));
  const empty = formatHash(EMPTY_ROOT);
  const before = view.store.block(block.height - 1);
  return {
    version: { block: `${BLOCK_PROTOCOL}` },
    chain_id: view.chainId,
    height: `${block.height}`,
    time: formatTime(block.time),
    last_block_id: blockIdJson(block.previousHash),
    last_commit_hash: formatHash(commitHash(before, { chainId: view.chainId, validator })),
    data_hash: empty,
    validators_hash: validators,
    next_validators_hash: validators,
    consensus_hash: formatHash(CONSENSUS_HASH),
    app_hash: formatHash(block.appHash),
    last_results_hash: empty,
    evidence_hash: empty,
    proposer_address: formatHash(validator.address),
  };
}

export function commitJson(block: Block | undefined, { chainId, identity: validator }: NodeView): object {
  if (block === undefined)
    return { height: "0", round: 0, block_id: blockIdJson(Buffer.alloc(0)), signatures: [] };
  return {
    height: `${block.height}`,
    round: 0,
    block_id: blockIdJson(block.hash),
    signatures: [
      {
        block_id_flag: FLAG_COMMIT,
        validator_address: formatHash(validator.address),
        timestamp: formatTime(block.time),
        signature: voteSignature(block, { chainId, validator }).toString("base64"),
      },
    ],
  };
}

export function blockJson(block: Block, view: NodeView): object {
  return {
    header: headerJson(block, view),
    data: { txs: [] },
    evidence: { evidence: [] },
    last_commit: commitJson(view.store.block(block.height - 1), view),
  };
}

/** The only validator, as genesis and `/validators` have it, without its power. */
export function validatorJson({ identity }: NodeView): {
  readonly address: string;
  readonly pub_key: object;
} {
  return {
    address: formatHash(identity.address),
    pub_key: { type: "tendermint/PubKeyEd25519", value: identity.publicKey.toString("base64") },
  };
}
