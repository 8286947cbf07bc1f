import { expect, test } from "vitest";
import { perObject } from "./per-object.ts";

test("what is made of an object is made once, nothing included; of an equal one it is made anew", () => {
  const asked: object[] = [];
  const nameOf = perObject((object: { readonly name?: string }) => {
    asked.push(object);
    return object.name;
  });
  const [one, other, nameless] = [{ name: "sei-0" }, { name: "sei-0" }, {}];
  expect([one, other, nameless, one, nameless].map(nameOf)).toEqual([
    "sei-0",
    "sei-0",
    undefined,
    "sei-0",
    undefined,
  ]);
  expect(asked).toEqual([one, other, nameless]);
});
