import { dirname } from "node:path";
import { expect, test } from "vitest";
import { publishedPackages, releasedPackages } from "./packages.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const foldersOf = (packages: readonly { readonly folder: string }[]) => packages.map(({ folder }) => folder);

test("the contract is published before what depends on it", () => {
  expect(foldersOf(publishedPackages(ROOT))).toEqual([
    "packages/contract",
    "packages/consumer",
    "packages/producer",
  ]);
});

test("a release builds the controller, too, after all that it is made of", () => {
  expect(foldersOf(releasedPackages(ROOT))).toEqual([
    ...foldersOf(publishedPackages(ROOT)),
    "packages/kube",
    "apps/mini-controller",
  ]);
});
