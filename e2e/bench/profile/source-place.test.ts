import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { placesBelow } from "./source-place.ts";

const frame = { functionName: "act", lineNumber: 1, columnNumber: 0 };

test("a place is that of the source where a map leads there, and of the file where none does", () => {
  const folder = mkdtempSync(join(tmpdir(), "places-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const map = { version: 3, sources: ["src/act.ts"], names: [], mappings: ";AAKA" };
  writeFileSync(join(folder, "act.js.map"), JSON.stringify(map));
  const placeOf = placesBelow(folder);
  expect(placeOf({ ...frame, url: `file://${folder}/act.js` })).toBe("src/act.ts:6");
  expect(placeOf({ ...frame, url: `file://${folder}/other.js` })).toBe("other.js:2");
});

test("a place in a bundle of built files is that of the source of such a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "places-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const mapTo = (source: string) =>
    JSON.stringify({ version: 3, sources: [source], names: [], mappings: ";AAKA" });
  writeFileSync(join(folder, "main.cjs.map"), mapTo("act.js"));
  writeFileSync(
    join(folder, "act.js.map"),
    JSON.stringify({ ...JSON.parse(mapTo("act.ts")), mappings: ";;;;;AAIA" }),
  );
  expect(placesBelow(folder)({ ...frame, url: `file://${folder}/main.cjs` })).toBe("act.ts:5");
});

test("Node's own functions keep their names, and those of V8 are nowhere", () => {
  const placeOf = placesBelow("/");
  expect(placeOf({ ...frame, url: "node:net" })).toBe("node:net:2");
  expect(placeOf({ ...frame, url: "" })).toBe("");
});
