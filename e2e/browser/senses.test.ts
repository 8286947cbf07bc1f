import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { type Served, serve } from "../harness/served-page.ts";
import { open, startBrowser } from "./page.ts";

const RECORDING = join(import.meta.dirname, "recordings/halts-everywhere.jsonl");

const cleanup = new Cleanup();
let served: Served;
let browser: Browser;
beforeAll(async () => {
  const flags = ["--replay", RECORDING, "--speed", "1000"];
  [served, browser] = await Promise.all([serve({ cleanup, flags }), startBrowser(cleanup)]);
});
afterAll(() => cleanup.run());

async function openTold(options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
  const page = await open(browser, served.address, [], options);
  await page.getByText("■ told to its end").waitFor();
  return page;
}

/** What moves by itself, or would when something changes. */
const moving = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const slides = [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return /[1-9]/.test(transitionDuration) || animationName !== "none" || scrollBehavior !== "auto";
    });
    const running = document.getAnimations().map(({ id }) => `animation ${id}`);
    return [...slides.map(({ tagName, className }) => `${tagName}.${className}`), ...running];
  });

describe.each(["reduce", "no-preference"] as const)("with motion set to %s", (reducedMotion) => {
  test("nothing slides, blinks or fades: what changes is another at once", async () => {
    const page = await openTold({ reducedMotion });
    expect(await moving(page)).toEqual([]);
    await page.locator(".node").last().click();
    await page.locator(".events button").first().click();
    expect(await moving(page)).toEqual([]);
    await page.close();
  });
});

describe("to a person who sees no colours", () => {
  /** Texts of all that has a colour with a meaning, and of the marks on the nodes' lines. */
  const told = async (page: Page): Promise<readonly string[]> =>
    page.locator(".good, .bad, .busy, .link, .fault").allTextContents();

  test("whatever is coloured to say something says it by a shape and a word", async () => {
    const page = await openTold();
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setEmulatedVisionDeficiency", { type: "achromatopsia" });
    const texts = await told(page);
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).toMatch(/^[^\p{L}\p{N}\s]\s+\p{L}/u);
    await page.close();
  });

  test("and so with the machine's own colours alone", async () => {
    const page = await openTold({ forcedColors: "active" });
    const forced = await told(page);
    const colours = await page
      .locator(".standing")
      .evaluateAll((all) => [...new Set(all.map((one) => getComputedStyle(one).color))]);
    expect(colours).toHaveLength(1);
    for (const text of forced) expect(text).toMatch(/^[^\p{L}\p{N}\s]\s+\p{L}/u);
    await page.close();
  });
});
