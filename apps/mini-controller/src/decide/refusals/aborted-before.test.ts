import { expect, test } from "vitest";
import { textOf } from "../../journal/words.ts";
import { observe } from "../../testing/observations.ts";
import { abortedBefore } from "./aborted-before.ts";

test("who meets an abort of a halt whose plan was not known is told which NodeHalt it is, and how to lift it", () => {
  const refusal = abortedBefore(
    observe({ neighbours: { swapping: 0, failed: 0, isUntold: false, abortedIn: "sei-0-before" } }),
    { step: "set-image", action: "SwapImage", image: "x" },
  );
  expect(refusal?.kind).toBe("page");
  const text = textOf(refusal?.message ?? {}, 512);
  expect(text).toContain("or one that still stands and may be this one, in NodeHalt sei-0-before");
  expect(text).toContain("remove the annotation there or delete that NodeHalt");
});
