/*
 * As much of the protobuf encoding as CometBFT hashes and signs with (proto3: default values are left out).
 */

/** An unsigned base-128 integer. */
export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** An integer field (not negative); nothing for 0. */
export function integerField(tag: number, value: number | bigint): Buffer {
  return BigInt(value) === 0n
    ? Buffer.alloc(0)
    : Buffer.concat([varint(BigInt(tag << 3)), varint(BigInt(value))]);
}

/** An sfixed64 field; nothing for 0. */
export function fixedField(tag: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return Buffer.concat([varint(BigInt((tag << 3) | 1)), bytes]);
}

/** A bytes or string field; nothing when empty. */
export function bytesField(tag: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  return bytes.length === 0 ? bytes : messageField(tag, bytes);
}

/** An embedded message, which is there also when it is empty. */
export function messageField(tag: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([varint(BigInt((tag << 3) | 2)), delimited(Buffer.concat(parts))]);
}

/** A message with its length before it. */
export function delimited(message: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(message.length)), message]);
}

/** A `google.protobuf.Timestamp` of nanoseconds since 1970. */
export function timestamp(nanoseconds: bigint): Buffer {
  const second = 1_000_000_000n;
  return Buffer.concat([integerField(1, nanoseconds / second), integerField(2, nanoseconds % second)]);
}
