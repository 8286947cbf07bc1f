import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** A genesis can have hundreds of megabytes: only its head is read. */
const HEAD_BYTES = 16_384;
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
/** CometBFT and the Cosmos SDK write the chain's id before any object, after texts and numbers alone. */
const HEAD = new RegExp(
  String.raw`^\s*\{\s*(?:"(?!chain_id")\w+"\s*:\s*(?:${TEXT}|\d+)\s*,\s*)*"chain_id"\s*:\s*"([\w.-]{1,50})"`,
);

/**
 * The chain of `<home>/config/genesis.json`: a node refuses data of another. `undefined` where the file does not begin with
 * it, or cannot be read.
 */
export async function chainOfGenesis(home: string): Promise<string | undefined> {
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    await using file = await open(join(home, "config", "genesis.json"), flags);
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return HEAD.exec(buffer.toString("utf8", 0, bytesRead))?.[1];
  } catch {
    return undefined;
  }
}
