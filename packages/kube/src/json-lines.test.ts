import { expect, test } from "vitest";
import { jsonLines } from "./json-lines.ts";

/** The bytes of `text` in pieces of `size`, so that characters and lines are cut anywhere. */
async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const found = [];
  for await (const value of values) found.push(value);
  return found;
}

test.each([1, 2, 3, 7, 1000])(
  "reads lines from pieces of %i bytes, and drops a last line that was cut off",
  async (size) => {
    const lines = [{ text: "übergroß ✓" }, { n: 1 }, [1, 2, 3]];
    const text = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n\n{"cut":`;
    expect(await all(jsonLines(inPieces(text, size)))).toEqual(lines);
  },
);

test("reads a line of megabytes in time that grows with its length alone", async () => {
  const [before, line] = [process.cpuUsage(), { text: "x".repeat(8_000_000) }];
  const [read] = await all(jsonLines(inPieces(`${JSON.stringify(line)}\n`, 1_000)));
  expect(read).toEqual(line);
  // Looking at all of it again with each piece would be 32 GB.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(5_000);
});

test("refuses a line without an end", async () => {
  const endless = async () => {
    for await (const _ of jsonLines(inPieces("x".repeat(17 * 1024 * 1024), 65_536)));
  };
  await expect(endless()).rejects.toThrow(/a line of more than/);
});
