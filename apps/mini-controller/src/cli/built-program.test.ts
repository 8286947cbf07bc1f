import { join } from "node:path";
import { filesLoadedBy } from "@upgrade-halt/testing";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/mini-controller.js");

test("the built program is in a few files, and looks for nothing in packages", () => {
  const { stdout, loaded } = filesLoadedBy(PROGRAM, "crds");
  expect(stdout).toContain("kind: CustomResourceDefinition");
  expect(
    loaded.filter((url) => !/\/(?:bin\/mini-controller\.js|dist\/program\/[^/]+\.cjs)$/.test(url)),
  ).toEqual([]);
  expect(loaded).toContainEqual(expect.stringContaining("/dist/program/main.cjs"));
  expect(loaded.length).toBeLessThan(10);
});
