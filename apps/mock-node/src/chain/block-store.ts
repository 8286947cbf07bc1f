import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync } from "node:fs";
import type { Block } from "./block.ts";
import { openToAppend } from "./open-to-append.ts";
import { type ChainRecord, decodeRecord, encodeRecord, RECORD_BYTES } from "./record.ts";

/**
 * Blocks in one append-only file: a block's record, then the record that it was applied, then the next block's. A
 * process that dies in the middle of an append leaves a torn tail, which the next `open` cuts off.
 */
export class BlockStore {
  readonly #file: number;
  #records: number;
  #first: Block | undefined;
  #last: Block | undefined;
  #applied: { readonly height: number; readonly appHash: Buffer } | undefined;

  private constructor(file: number) {
    this.#file = file;
    this.#records = Math.floor(fstatSync(file).size / RECORD_BYTES);
  }

  /** Opens or makes the store. Throws what the file system throws. */
  static open(path: string): BlockStore {
    const store = new BlockStore(openToAppend(path, constants.O_RDWR));
    store.#recover();
    return store;
  }

  /** The first block that the store has. */
  get first(): Block | undefined {
    return this.#first;
  }

  /** The newest block, applied or not. */
  get last(): Block | undefined {
    return this.#last;
  }

  /** The newest block that was carried out, and the state that it left. */
  get applied(): { readonly height: number; readonly appHash: Buffer } | undefined {
    return this.#applied;
  }

  /** The stored block of a height. */
  block(height: number): Block | undefined {
    if (this.#first === undefined || height < this.#first.height) return undefined;
    const record = this.#read((height - this.#first.height) * 2);
    return record?.kind === "block" ? record.block : undefined;
  }

  appendBlock(block: Block): void {
    this.#append({ kind: "block", block });
    this.#first ??= block;
    this.#last = block;
  }

  appendApplied(height: number, appHash: Buffer): void {
    this.#append({ kind: "applied", height, appHash });
    this.#applied = { height, appHash };
  }

  /** Returns when everything appended is on disk. */
  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #append(record: ChainRecord): void {
    const bytes = encodeRecord(record);
    const start = this.#records * RECORD_BYTES;
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#file, bytes, at, bytes.length - at, start + at);
    this.#records += 1;
  }

  #read(index: number): ChainRecord | undefined {
    if (index < 0 || index >= this.#records) return undefined;
    const bytes = Buffer.alloc(RECORD_BYTES);
    const length = readSync(this.#file, bytes, 0, RECORD_BYTES, index * RECORD_BYTES);
    return decodeRecord(bytes.subarray(0, length));
  }

  #recover(): void {
    while (this.#records > 0 && this.#read(this.#records - 1) === undefined) this.#records -= 1;
    const whole = this.#records * RECORD_BYTES;
    if (whole < fstatSync(this.#file).size) ftruncateSync(this.#file, whole);
    for (const index of [0, this.#records - 2, this.#records - 1]) {
      const record = this.#read(index);
      if (record?.kind === "block") {
        this.#first ??= record.block;
        this.#last = record.block;
      } else if (record?.kind === "applied") {
        this.#applied = record;
      }
    }
    // A block that waits for its application follows the application of the one before it.
    if (this.#last !== undefined && this.#applied?.height !== this.#last.height) {
      const before = this.#read(this.#records - 2);
      this.#applied = before?.kind === "applied" ? before : undefined;
    }
  }
}
