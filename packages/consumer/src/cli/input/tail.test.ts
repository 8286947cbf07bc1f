import { expect, test } from "vitest";
import { KEPT, Tail } from "./tail.ts";

const LINE = "1:00PM INF executed block height=29 module=state\n";

test.each([
  [[100]],
  [[KEPT, KEPT]],
  [[KEPT, KEPT, 1]],
  [[2 * KEPT, 1, 1]],
  [[1, 3 * KEPT, 1]],
  [[1, 2 * KEPT]],
  [Array.from({ length: 9 }, () => KEPT / 2 + 7)],
])("of pieces of %j bytes it keeps the end, from the begin of a line on", (lengths) => {
  const length = lengths.reduce((sum, each) => sum + each, 0);
  const whole = LINE.repeat(length / LINE.length + 1).slice(0, length);
  const tail = new Tail();
  let at = 0;
  for (const each of lengths) {
    tail.push(Buffer.from(whole.slice(at, at + each)));
    at += each;
  }
  const kept = tail.text();
  expect(whole.endsWith(kept)).toBe(true);
  expect(whole.endsWith(tail.lastBytes(100))).toBe(true);
  expect(kept.length).toBeLessThanOrEqual(2 * KEPT);
  expect(kept.length).toBeGreaterThan(Math.min(length, KEPT) - LINE.length - 1);
  expect(kept.startsWith(LINE)).toBe(length > LINE.length);
});

test("takes a copy of what it is given", () => {
  const tail = new Tail();
  const bytes = Buffer.from("first");
  tail.push(bytes);
  bytes.write("later");
  expect(tail.text()).toBe("first");
});
