import { join } from "node:path";
import { filesLoadedBy } from "@upgrade-halt/testing";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/mock-node.js");

test("the built program is in a few files, and looks for nothing in packages but the contract", () => {
  const { stdout, loaded } = filesLoadedBy(PROGRAM, "start", "--help");
  expect(stdout).toContain("Usage: mock-node start");
  expect(
    loaded.filter(
      (url) =>
        !/\/(?:mock-node\/bin\/mock-node\.js|mock-node\/dist\/program\/[^/]+\.js|contract\/dist\/[^/]+\.js)$/.test(
          url,
        ),
    ),
  ).toEqual([]);
  expect(loaded).toContainEqual(expect.stringContaining("/dist/program/main.js"));
});
