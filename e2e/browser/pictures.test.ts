import { readFile, stat } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import type { Served } from "../harness/served-page.ts";
import { startBrowser } from "./page.ts";
import {
  cellsOf,
  openPicture,
  PICTURES,
  pathOfPicture,
  recordedStructures,
  serveRecording,
  structureOf,
} from "./pictures.ts";

const LARGEST_BYTES = 200_000;
/** Another font moves lines, and no more: a panel that is missing, or another colour scheme, differs by more. */
const MOST_ON_AVERAGE = 0.1;
const MOST_IN_A_CELL = 0.6;
/** Parts keep their place across the page whatever the font is. */
const SHARE_OF_WIDTH = 0.03;

const cleanup = new Cleanup();
let served: Served;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([serveRecording(cleanup), startBrowser(cleanup)]);
});
afterAll(() => cleanup.run());

describe("a picture of the documentation shows the page as it is (`pnpm run record:pictures` makes them anew)", () => {
  test.each(PICTURES)("$file", async (picture) => {
    const page = await openPicture(browser, served, picture);
    const [now, recorded, kept] = await Promise.all([
      structureOf(page),
      recordedStructures(),
      readFile(pathOfPicture(picture)),
    ]);
    const then = recorded[picture.file];
    expect(now.text).toEqual(then?.text);
    expect(now.parts.map(({ name }) => name)).toEqual(then?.parts.map(({ name }) => name));
    for (const [index, { name, from, takes }] of now.parts.entries()) {
      const part = then?.parts[index];
      expect(Math.abs(from - (part?.from ?? 0)), name).toBeLessThan(SHARE_OF_WIDTH);
      expect(Math.abs(takes - (part?.takes ?? 0)), name).toBeLessThan(SHARE_OF_WIDTH);
    }
    // A PNG says its size in its first chunk.
    expect([kept.readUInt32BE(16), kept.readUInt32BE(20)]).toEqual([picture.width, picture.height]);
    const [cells, was] = await Promise.all([
      cellsOf(browser, await page.screenshot()),
      cellsOf(browser, kept),
    ]);
    const differences = cells.map((cell, index) => Math.abs(cell - (was[index] ?? 0)));
    expect(differences.reduce((sum, one) => sum + one, 0) / differences.length).toBeLessThan(MOST_ON_AVERAGE);
    expect(Math.max(...differences)).toBeLessThan(MOST_IN_A_CELL);
    await page.close();
  });

  test.each(PICTURES)("$file is small", async (picture) => {
    expect((await stat(pathOfPicture(picture))).size).toBeLessThan(LARGEST_BYTES);
  });
});
