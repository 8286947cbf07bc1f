import { describe, expect, test } from "vitest";
import { planLinesOf } from "./merged-lines.ts";

const HALT = 'UPGRADE "v6.7" NEEDED at height: 30: ';
const PANIC = `panic: ${HALT}\n\ngoroutine 1 [running]:`;
const START = "5:59PM INF starting node with ABCI CometBFT in-process module=server";
/** A line that a container runtime stores in two parts, and the one of the other stream that came between them. */
const DUMP = "5:59PM INF state dumped module=state bytes=";
const part = (bytes: number, character = "a") =>
  DUMP + character.repeat(Math.ceil((bytes - DUMP.length) / Buffer.byteLength(character)));
const BETWEEN = "5:59PM WRN slow peer module=p2p";

const readOf = (isInParts: boolean, lines: readonly string[]) =>
  planLinesOf(`${lines.join("\n")}\n`, { isInParts, isUnwrapped: true, withUnsure: true });
const read = (...lines: readonly string[]) => readOf(false, lines);
const surelyOf = (...lines: readonly string[]) => read(...lines).map(({ unsure }) => unsure !== true);

describe("a halt line", () => {
  test.each([
    ["right after a part of a line and a line of the other stream", [part(16_384) + BETWEEN, HALT]],
    ["many lines after it", [part(16_384) + BETWEEN, ...Array<string>(50).fill(BETWEEN), PANIC]],
    ["after one in letters of several bytes", [part(16_384, "é") + BETWEEN, HALT]],
    ["after a part that nothing came between, for all that is known", [part(20_000), PANIC]],
  ])("proves nothing %s", (_, lines) => {
    expect(surelyOf(...lines)).toEqual([false]);
  });

  test.each([
    ["after a line that is shorter than a part", [part(16_383), PANIC]],
    ["where it was said before such a line as well", [PANIC, part(16_384) + BETWEEN, HALT]],
    ["where the long line is its own", [`${HALT}${"x".repeat(20_000)}`, BETWEEN]],
  ])("counts %s", (_, lines) => {
    expect(surelyOf(...lines)).toEqual([true]);
  });

  test("that a start takes back is told where that start may be none, and proves nothing", () => {
    expect(read(HALT, BETWEEN, START)).toEqual([]);
    expect(surelyOf(HALT, part(16_384) + BETWEEN, START)).toEqual([false]);
    expect(surelyOf(part(16_384) + BETWEEN, HALT, START)).toEqual([false]);
  });

  test("proves nothing in a log whose lines may all be in parts, and no start takes it back", () => {
    for (const lines of [[HALT], [PANIC], [HALT, BETWEEN, START], [PANIC, START, HALT]])
      expect(readOf(true, lines)).toEqual([
        expect.objectContaining({ plan: "v6.7", height: 30, unsure: true }),
      ]);
    expect(readOf(true, [BETWEEN, START])).toEqual([]);
  });

  test("that is one of many in such a log is told with the three next ones", () => {
    const lines = Array.from({ length: 9 }, (_, n) => HALT.replace("30", `${n + 1}`));
    expect(readOf(true, lines)).toHaveLength(4);
  });
});
