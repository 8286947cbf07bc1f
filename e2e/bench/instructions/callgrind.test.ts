import { expect, test } from "vitest";
import { collectedIn, instructionsOf } from "./callgrind.ts";

const OUTPUT = `==28041== Callgrind, a call-graph generating cache profiler
==28041== Command: node -e 0
==28041== Events    : Ir
==28041== Collected : 87823522
==28041== 
==28041== I   refs:      87,823,522
`;

test("the count of a run is what callgrind collected", () => {
  expect(collectedIn(OUTPUT)).toBe(87_823_522);
});

test("output without a count is an error that shows its end", () => {
  expect(() => collectedIn("==1== Command: node\nSegmentation fault\n")).toThrow(
    /no count.*Segmentation fault/s,
  );
});

test("a machine without valgrind is told what to install", async () => {
  await expect(instructionsOf(["true"], { PATH: "/nonexistent" })).rejects.toThrow(
    "apt-get install valgrind",
  );
});
