import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { readPlansFile } from "./plans-file.ts";

function read(text: string) {
  const path = join(temporaryFolder(), "plans.json");
  writeFileSync(path, text);
  return readPlansFile(path);
}

describe("a plans file", () => {
  it("lists plans in chain order", () => {
    expect(read('[{"name":"b","height":7,"info":"i"},{"name":"a","height":9,"cancelled_at":8}]')).toEqual([
      { name: "b", height: 7, info: "i" },
      { name: "a", height: 9, info: "", cancelledAt: 8 },
    ]);
  });

  it.each([
    ["{}", /holds no JSON array/],
    ["not json\n", /^[^\n]*holds no JSON array of plans, such as \[[^\n]*$/],
    ["[", /plans\.json holds no JSON array/],
    ["[1]", /plan 0 is no object/],
    ['[{"name":"a","height":1},{"height":1}]', /plan 1 has no name/],
    ['[{"name":"a","height":"1"}]', /plan 0 \(a\): height is "1", not a height above 0/],
    ['[{"name":"a","height":0}]', /height is 0/],
    ['[{"name":"a","height":1,"info":{}}]', /info is no string/],
    ['[{"name":"a","height":1,"cancelled_at":-1}]', /cancelled_at is -1/],
  ])("that holds %s is refused in one sentence", (text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });

  it("that isn't there is refused by name", () => {
    expect(() => readPlansFile("/nowhere/plans.json")).toThrow(
      /cannot read plans from \/nowhere\/plans\.json: ENOENT/,
    );
  });
});
