import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { sha256 } from "./chain/merkle.ts";
import { makeFolder } from "./make-folder.ts";
import { writeWhole } from "./write-whole.ts";

/** Who a node is: one Ed25519 key for its peers and for its only validator. */
export interface Identity {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Buffer;
  /** The first 20 bytes of the public key's SHA-256: the node's id and the validator's address. */
  readonly address: Buffer;
  /** The validator's signature, 64 bytes. */
  sign(message: Buffer): Buffer;
}

/** The identity kept at `path` (a private key in PEM, mode 0600); a new one is made when there is none. */
export function loadIdentity(path: string): Identity {
  const key = createPrivateKey(readOrMakeKey(path));
  const publicKey = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    publicKey,
    address: sha256(publicKey).subarray(0, 20),
    sign: (message) => sign(null, message, key),
  };
}

function readOrMakeKey(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
  }
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  makeFolder(dirname(path));
  writeWhole(path, pem, 0o600);
  return pem;
}
