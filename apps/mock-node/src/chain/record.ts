import { crc32 } from "node:zlib";
import type { Block } from "./block.ts";

/** Every record of the block store has this many bytes, so a block's place follows from its height. */
export const RECORD_BYTES = 128;

const BLOCK_TAG = 0x42;
const APPLIED_TAG = 0x41;
const HASH_BYTES = 32;
const NO_HASH = Buffer.alloc(HASH_BYTES);
const NOTHING = Buffer.alloc(0);
const CHECKSUM_AT = RECORD_BYTES - 4;

/** A block was stored, or the block of that height was carried out and left the state `appHash`. */
export type ChainRecord =
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "applied"; readonly height: number; readonly appHash: Buffer };

/** Tag, height, time and three hashes, little-endian, with a CRC-32 of it all at the end. */
export function encodeRecord(record: ChainRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  if (record.kind === "block") {
    const { height, time, appHash, previousHash, hash } = record.block;
    bytes.writeUInt8(BLOCK_TAG, 0);
    bytes.writeBigUInt64LE(BigInt(height), 4);
    bytes.writeBigUInt64LE(time, 12);
    appHash.copy(bytes, 20);
    previousHash.copy(bytes, 52);
    hash.copy(bytes, 84);
  } else {
    bytes.writeUInt8(APPLIED_TAG, 0);
    bytes.writeBigUInt64LE(BigInt(record.height), 4);
    record.appHash.copy(bytes, 20);
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  return bytes;
}

/** The record in these bytes; `undefined` when they are not a whole, undamaged one. */
export function decodeRecord(bytes: Buffer): ChainRecord | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined;
  if (bytes.readUInt32LE(CHECKSUM_AT) !== crc32(bytes.subarray(0, CHECKSUM_AT))) return undefined;
  const height = Number(bytes.readBigUInt64LE(4));
  const hash = (at: number): Buffer => {
    const found = Buffer.from(bytes.subarray(at, at + HASH_BYTES));
    return found.equals(NO_HASH) ? NOTHING : found;
  };
  switch (bytes.readUInt8(0)) {
    case BLOCK_TAG:
      return {
        kind: "block",
        block: {
          height,
          time: bytes.readBigUInt64LE(12),
          appHash: hash(20),
          previousHash: hash(52),
          hash: hash(84),
        },
      };
    case APPLIED_TAG:
      return { kind: "applied", height, appHash: hash(20) };
    default:
      return undefined;
  }
}
