import { expect, test } from "vitest";
import { until } from "./wait.ts";

test("resolves to the first answer that is one", async () => {
  let asked = 0;
  const answer = await until(() => ++asked > 2 && `after ${asked}`, { what: "the third time" });
  expect(answer).toBe("after 3");
});

test("takes 0 and the empty string for answers", async () => {
  expect(await until(() => 0, { what: "zero" })).toBe(0);
});

test("gives up at its deadline, saying what it waited for, why, and the last error", async () => {
  const waited = until(
    () => {
      throw new Error("refused");
    },
    { what: "the door to open", within: 100, explain: () => "it is locked" },
  );
  await expect(waited).rejects.toMatchObject({
    message: "waited 100 ms for the door to open, in vain\nit is locked",
    cause: { message: "refused" },
  });
});

test("is not held up by a probe that never settles", async () => {
  await expect(until(() => new Promise(() => {}), { what: "nothing", within: 100 })).rejects.toThrow(
    /in vain/,
  );
});

test("ends when its signal says so", async () => {
  await expect(until(() => false, { what: "it", signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
