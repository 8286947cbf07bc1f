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

test("Node's own functions keep their names, and those of V8 are nowhere", () => {
  const placeOf = placesBelow("/");
  expect(placeOf({ ...frame, url: "node:net" })).toBe("node:net:2");
  expect(placeOf({ ...frame, url: "" })).toBe("");
});
