import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Cleanup } from "../harness/cleanup.ts";
import { type Served, serve } from "../harness/served-page.ts";
import { open } from "./page.ts";

const DOCS = join(import.meta.dirname, "../../docs");
/** The scenario `halts-everywhere`, saved from the page. */
const RECORDING = join(import.meta.dirname, "recordings/halts-everywhere.jsonl");
/** What is shown: a node that stays alive has halted, and its swap has begun. */
const MOMENT = { node: "sei-1", word: "Recreating" };

export interface Picture {
  readonly file: string;
  readonly colorScheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

/** The pictures of the page in the documentation. */
export const PICTURES: readonly Picture[] = [
  { file: "sandbox.png", colorScheme: "light", width: 1280, height: 940 },
  { file: "sandbox-dark.png", colorScheme: "dark", width: 1280, height: 940 },
  { file: "sandbox-360.png", colorScheme: "light", width: 360, height: 1500 },
];

export const pathOfPicture = ({ file }: Picture): string => join(DOCS, file);

/** Where the structure of the pictures is kept: it has to be the same on every machine, where pixels need not be. */
export const STRUCTURE = join(import.meta.dirname, "recordings/pictures.json");

/** A part of the page in a picture. */
export interface Part {
  readonly name: string;
  /** Share of the width at which it begins, and that it takes. */
  readonly from: number;
  readonly takes: number;
}

/** What a picture shows, besides its pixels. */
export interface Structure {
  readonly text: readonly string[];
  readonly parts: readonly Part[];
}

/** The sandbox that tells the recording. */
export function serveRecording(cleanup: Cleanup): Promise<Served> {
  return serve({ cleanup, flags: ["--replay", RECORDING, "--speed", "1000"] });
}

/** Opens the page as the picture shows it. */
export async function openPicture(browser: Browser, served: Served, picture: Picture): Promise<Page> {
  const { colorScheme, width, height } = picture;
  const page = await open(browser, served.address, [], {
    colorScheme,
    reducedMotion: "reduce",
    viewport: { width, height },
  });
  await page.getByText("■ told to its end").waitFor();
  const line = page.locator(".events button", { hasText: MOMENT.node }).filter({ hasText: MOMENT.word });
  await line.first().click();
  await page.locator("[data-moment]", { hasText: MOMENT.word }).waitFor();
  await page.locator("pre", { hasText: "halt_intent" }).waitFor();
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
  });
  return page;
}

/** Texts and parts of the page, in their order. */
export function structureOf(page: Page): Promise<Structure> {
  return page.evaluate(() => {
    const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
    const texts = all("h1, h2, h3, h4, dt, dd, .node > span, .steps strong, mark, .twin, legend");
    const round = (value: number): number => Math.round(value * 100) / 100;
    return {
      text: texts.map(({ textContent }) => textContent ?? ""),
      parts: all("header, main > section, article, fieldset").map((part) => {
        const { left, width } = part.getBoundingClientRect();
        const name = part.querySelector("h1, h2, h3, legend")?.textContent ?? "";
        return { name, from: round(left / innerWidth), takes: round(width / innerWidth) };
      }),
    };
  });
}

/** Cells across a picture that are compared: so coarse that fonts and their smoothing do not count. */
const CELLS = 16;

/** How bright each cell of a picture is, from 0 to 1, row by row. */
export async function cellsOf(browser: Browser, png: Buffer): Promise<readonly number[]> {
  const page = await browser.newPage();
  try {
    const source = `data:image/png;base64,${png.toString("base64")}`;
    return await page.evaluate(
      async ([url, cells]) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [cells, cells];
        const context = canvas.getContext("2d");
        if (context === null) throw new Error("no canvas");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, cells, cells);
        const { data } = context.getImageData(0, 0, cells, cells);
        return Array.from({ length: cells * cells }, (_, cell) => {
          const [red = 0, green = 0, blue = 0] = data.subarray(cell * 4, cell * 4 + 3);
          return (red + green + blue) / 765;
        });
      },
      [source, CELLS] as const,
    );
  } finally {
    await page.close();
  }
}

/** What was recorded with the pictures. */
export async function recordedStructures(): Promise<Readonly<Record<string, Structure>>> {
  return JSON.parse(await readFile(STRUCTURE, "utf8"));
}
