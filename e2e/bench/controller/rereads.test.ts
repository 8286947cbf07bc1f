import { expect, test } from "vitest";
import { shared } from "./rereads.ts";

test("who asks at once shares the reading that begins after it, and none that began before", async () => {
  let begun = 0;
  const ends: (() => void)[] = [];
  const read = shared(() => {
    begun += 1;
    const own = begun;
    return new Promise<number>((resolve) => ends.push(() => resolve(own)));
  });
  const asked = [read(), read(), read()];
  expect(begun).toBe(1);
  ends[0]?.();
  expect(await asked[0]).toBe(1);
  await Promise.resolve();
  ends[1]?.();
  expect(await Promise.all(asked)).toEqual([1, 2, 2]);
  expect(begun).toBe(2);
});
