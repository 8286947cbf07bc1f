import { describe, expect, test } from "vitest";
import { citationsOf, citationsUnder } from "./harness/citations.ts";
import { REQUIREMENTS } from "./requirements.ts";

const cited = citationsUnder(import.meta.dirname);

describe("the requirements", () => {
  test.each(Object.keys(REQUIREMENTS))("%s is proven by a scenario", (id) => {
    expect(cited.map((citation) => citation.id)).toContain(id);
  });

  test("are the only ones that anything cites", () => {
    expect(cited.filter(({ id }) => !Object.hasOwn(REQUIREMENTS, id))).toEqual([]);
  });
});

describe("reading citations", () => {
  test("finds the ids of a call, on one line or several", () => {
    expect(citationsOf('scenario("a", ["X-1", "X-2"], async () => {});\nproof(\n  "b",\n  ["Y"],\n')).toEqual(
      ["X-1", "X-2", "Y"],
    );
  });

  test("counts no call that is skipped or commented out", () => {
    expect(citationsOf('// scenario("a", ["X"]\nscenario.skip("b", ["Y"]\n')).toEqual([]);
  });
});
