import { expect, test } from "vitest";
import { until } from "./until.ts";

test("resolves to the first answer that is one", async () => {
  let asked = 0;
  const answer = await until("the third time", () => ++asked > 2 && `after ${asked}`);
  expect(answer).toBe("after 3");
});

test("takes 0 and the empty string for answers", async () => {
  expect(await until("zero", () => 0)).toBe(0);
});

test("gives up at its deadline, saying what it waited for, why, and the last error", async () => {
  const waited = until(
    "the door to open",
    () => {
      throw new Error("refused");
    },
    { within: 100, explain: () => "it is locked" },
  );
  await expect(waited).rejects.toMatchObject({
    message: "waited 100 ms for the door to open, in vain\nit is locked",
    cause: { message: "refused" },
  });
});

test("is not held up by a probe that never settles", async () => {
  await expect(until("nothing", () => new Promise(() => {}), { within: 100 })).rejects.toThrow(/in vain/);
});

test("ends when its signal says so", async () => {
  await expect(until("it", () => false, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

test("looks no more often than it is told to, and once more at its deadline", async () => {
  let asked = 0;
  const look = (): false => {
    asked += 1;
    return false;
  };
  await expect(until("it", look, { every: 60_000, within: 200 })).rejects.toThrow(/in vain/);
  expect(asked).toBe(2);
});
