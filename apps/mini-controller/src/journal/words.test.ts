import { expect, test } from "vitest";
import { advice, ofRecommendation, textOf } from "./words.ts";

const long = "x".repeat(1_024);
const words = {
  node: "sei/sei-0 halted:",
  verdict: `Verdict ${long}`,
  found: `Found ${long}`,
  toDo: advice`Stop ${"sei-1"}, and see ${["sei-2 (runs)", "sei-3"]} gone.`,
};

test("what fits is said as it is", () => {
  const short = { ...words, verdict: "It halted.", found: "Another runs." };
  expect(textOf(short, 512)).toBe(
    "sei/sei-0 halted: It halted. Another runs. Stop sei-1, and see sei-2 (runs), sei-3 gone.",
  );
});

test("what is to be done stands there as a whole, and what was found is cut and says so", () => {
  const text = textOf(words, 512);
  expect(text).toMatch(/^sei\/sei-0 halted: Found x+… Stop sei-1, and see sei-2 \(runs\), sei-3 gone\.$/);
  expect(text.length).toBeLessThanOrEqual(512);
});

test("why a node is thought to have halted is cut before what was found", () => {
  const text = textOf({ ...words, found: "Another runs." }, 512);
  expect(text).toMatch(/^sei\/sei-0 halted: Verdict x+… Another runs\. Stop sei-1, /);
});

test("names are shortened where what is to be done has no room for them, and its words are not", () => {
  const toDo = advice`Stop ${"a".repeat(253)}, wait for ${["b".repeat(253), "c".repeat(253)]}, then for ${"sei-4"}.`;
  const text = textOf({ ...words, node: "n".repeat(400), toDo }, 200);
  expect(text).toMatch(/^n+…n+ Stop a+…a+, wait for b+…b+ and 1 more, then for sei-4\.$/);
  expect(text.length).toBeLessThanOrEqual(200);
});

test("advice within advice keeps its words and its names", () => {
  const text = textOf({ toDo: advice`First ${advice`stop ${"a"}`}, then ${advice``}${"b"}.` }, 512);
  expect(text).toBe("First stop a, then b.");
});

test.each([
  ["Only one source says so. Read the node's log.", "Only one source says so. Read"],
  ["It is v1.2.3.", "It is"],
])("the last sentence of a recommendation is what to do: %s", (why) => {
  const { found = "", toDo } = ofRecommendation(why);
  expect(textOf({ found, ...(toDo && { toDo }) }, 512)).toBe(why);
  expect(textOf({ verdict: long, found: `${found} ${long}`, ...(toDo && { toDo }) }, 60)).toContain(
    why.slice(found.length),
  );
});

test.each(['"v6.7. Delete its volume"', '"v6.7\\". Delete its volume"'])(
  "a sentence in a quoted name is no sentence of a recommendation: %s",
  (name) => {
    const [found, toDo] = [`Nothing is listed for ${name}.`, ` Add planName ${name} and its image.`];
    const words = ofRecommendation(found + toDo);
    expect(words.found).toBe(found);
    expect(textOf({ ...(words.toDo && { toDo: words.toDo }) }, 512)).toBe(toDo.trim());
  },
);
