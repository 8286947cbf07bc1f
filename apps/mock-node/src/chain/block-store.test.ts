import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { BlockStore } from "./block-store.ts";
import { sha256 } from "./merkle.ts";
import { RECORD_BYTES } from "./record.ts";

const hash = (text: string): Buffer => sha256(Buffer.from(text));
const block = (height: number) => ({
  height,
  time: 1_700_000_000_123_456_789n,
  appHash: hash(`app ${height}`),
  previousHash: hash(`block ${height - 1}`),
  hash: hash(`block ${height}`),
});

function open(path: string): BlockStore {
  const store = BlockStore.open(path);
  onTestFinished(() => store.close());
  return store;
}

/** A store of the blocks 7 and 8, applied, and 9, not applied. */
function filled(): string {
  const path = join(temporaryFolder(), "blocks.db");
  const store = open(path);
  for (const height of [7, 8, 9]) {
    store.appendBlock(block(height));
    if (height < 9) store.appendApplied(height, hash(`state ${height}`));
  }
  return path;
}

describe("a block store", () => {
  it("is empty at first", () => {
    const store = open(join(temporaryFolder(), "blocks.db"));
    expect([store.first, store.last, store.applied, store.block(1)]).toEqual(Array(4).fill(undefined));
  });

  it("remembers its blocks, and which one was applied", () => {
    const store = open(filled());
    expect(store.first).toEqual(block(7));
    expect(store.last).toEqual(block(9));
    expect(store.applied).toMatchObject({ height: 8, appHash: hash("state 8") });
    expect(store.block(8)).toEqual(block(8));
    expect([store.block(6), store.block(10), store.block(-1)]).toEqual([undefined, undefined, undefined]);
  });

  it("opens after the process died at any byte of an append, with all that was whole before", () => {
    const path = filled();
    const whole = readFileSync(path);
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      writeFileSync(path, whole.subarray(0, bytes));
      const store = BlockStore.open(path);
      const records = Math.floor(bytes / RECORD_BYTES);
      const blocks = Math.ceil(records / 2);
      expect(store.last?.height).toBe(blocks === 0 ? undefined : 6 + blocks);
      expect(store.applied?.height).toBe(records < 2 ? undefined : 6 + Math.floor(records / 2));
      store.close();
    }
  });

  it("cuts off a tail of garbage, and goes on from there", () => {
    const path = filled();
    appendFileSync(path, Buffer.alloc(3 * RECORD_BYTES + 5, 0xff));
    const store = open(path);
    store.appendApplied(9, hash("state 9"));
    store.appendBlock(block(10));
    const again = open(path);
    expect(again.last).toEqual(block(10));
    expect(again.applied?.height).toBe(9);
  });

  it("forgets a block whose record was damaged at the end", () => {
    const path = filled();
    truncateSync(path, readFileSync(path).length - 1);
    appendFileSync(path, "x");
    expect(open(path).last).toEqual(block(8));
  });
});
