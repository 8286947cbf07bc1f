import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What installing, building and testing leave here. */
const GENERATED = /^(\..*|node_modules|test-results)$/;

test("the README is a map of the folders that there are", () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !GENERATED.test(entry.name))
    .map(({ name }) => name);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const named = [...readme.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? "");
  expect(named.toSorted()).toEqual(folders.toSorted());
});
