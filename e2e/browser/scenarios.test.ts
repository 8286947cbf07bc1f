import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Scenario } from "@upgrade-halt/sandbox";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Cleanup } from "../harness/cleanup.ts";
import { PATIENCE, type Served, serve } from "../harness/served-page.ts";
import { lookByKeyboard, lookByMouse, playByKeyboard } from "./keyboard.ts";
import { open, startBrowser } from "./page.ts";
import { type Look, readReview } from "./review.ts";

const FOLDER = join(import.meta.dirname, "../../apps/sandbox/scenarios");
const REVIEW = await readReview();
const NAMES = (await readdir(FOLDER)).map((file) => basename(file, ".yaml")).sort();
/** Scenarios wait for most of their time, so that two cores play three of them, each in a sandbox of its own. */
const SANDBOXES = 3;
const EVERYTHING_MS = 600_000;

/** What the page showed when a scenario was over. */
interface Shown {
  readonly title: string;
  /** The end and every expectation, as the journal of the run has them. */
  readonly end: readonly string[];
  readonly expectations: readonly string[];
  /** Release of each node on the timeline. */
  readonly releases: Readonly<Record<string, string>>;
  /** The last step of each halt of each node, as the controller's view has it. */
  readonly phases: Readonly<Record<string, readonly string[]>>;
  /** What others would have done with its first halt, and how often that is modelled. */
  readonly ways: readonly string[];
  readonly modelled: number;
  /** What the review's step of it says is to be seen and was not: by keyboard, and with the mouse. */
  readonly unseen: readonly string[];
  /** Errors of the page itself. */
  readonly faults: readonly string[];
}

const cleanup = new Cleanup();
const shown = new Map<string, Shown | Error>();

async function playAndRead(browser: Browser, { address }: Served, name: string): Promise<Shown> {
  const faults: string[] = [];
  const page = await open(browser, address, faults);
  try {
    await playByKeyboard(page, name);
    const texts = (word: string) =>
      page.locator(".events li", { hasText: word }).locator(".text").allTextContents();
    const ways = await page.locator(".ways h3").allTextContents();
    const modelled = await page.locator(".ways .times", { hasText: "(modelled)" }).count();
    const releases: Record<string, string> = {};
    const phases: Record<string, readonly string[]> = {};
    for (const row of await page.locator(".node").all()) {
      const node = (await row.getAttribute("data-node")) ?? "";
      releases[node] = (await row.locator(".image").textContent()) ?? "";
      await row.click();
      await page.getByRole("heading", { name: node, exact: true }).waitFor();
      phases[node] = await page.locator(".steps li:last-child strong").allTextContents();
    }
    const title = (await page.locator("h2#now").textContent()) ?? "";
    const end = await texts("the end");
    const expectations = await texts("✔ held");
    return {
      title,
      end,
      expectations,
      releases,
      phases,
      ways,
      modelled,
      unseen: await unseenIn(
        page,
        REVIEW.filter(({ scenario }) => scenario === name),
      ),
      faults,
    };
  } finally {
    await page.close();
  }
}

/** Looks where the review says, by keyboard and then with the mouse. */
async function unseenIn(page: Page, looks: readonly Look[]): Promise<readonly string[]> {
  const unseen: string[] = [];
  for (const look of looks) {
    for (const [how, choose] of [
      ["by keyboard", lookByKeyboard],
      ["with the mouse", lookByMouse],
    ] as const) {
      await choose(page, look);
      for (const text of look.see) {
        const isSeen = page
          .locator(".views")
          .getByText(text)
          .first()
          .waitFor({ timeout: PATIENCE / 4 });
        await isSeen.catch(() => unseen.push(`${how}: ${text}`));
      }
    }
  }
  return unseen;
}

beforeAll(async () => {
  const browser = await startBrowser(cleanup);
  const waiting = [...NAMES];
  const work = async (): Promise<void> => {
    const served = await serve({ cleanup, flags: ["--nodes", "1"] });
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const seen = await playAndRead(browser, served, name).catch((error: Error) => error);
      shown.set(name, seen);
    }
  };
  await Promise.all(Array.from({ length: SANDBOXES }, work));
}, EVERYTHING_MS);
afterAll(() => cleanup.run());

function shownOf(name: string): Shown {
  const seen = shown.get(name);
  if (seen === undefined || seen instanceof Error) throw seen ?? new Error(`${name} was not played`);
  return seen;
}

describe("a scenario played through the page ends as on the command line", () => {
  test.each(NAMES)("%s", async (name) => {
    const scenario: Scenario = parse(await readFile(join(FOLDER, `${name}.yaml`), "utf8"));
    const seen = shownOf(name);
    const promised = scenario.expect.map(({ text }) => text);
    expect(seen.end).toEqual([`${promised.length} of ${promised.length} expectations held`]);
    expect(seen.expectations.toReversed()).toEqual(promised);
    expect(seen.title).toBe(scenario.title);
    for (const { image, name: node } of scenario.expect.flatMap((one) => one.node ?? [])) {
      if (image !== undefined) expect(seen.releases[node]).toMatch(new RegExp(`^${image}(@|$)`));
    }
    for (const { node, phase } of scenario.expect.flatMap((one) => one.halts ?? [])) {
      if (node !== undefined && typeof phase === "string") expect(seen.phases[node]).toContain(phase);
    }
    expect(seen.faults).toEqual([]);
  });
});

describe("the design review is followed by keyboard alone, and with the mouse", () => {
  test("through ten steps, and every scenario", () => {
    expect([...new Set(REVIEW.map(({ step }) => step))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(REVIEW.map(({ scenario }) => scenario).toSorted()).toEqual(NAMES);
    for (const { see } of REVIEW) expect(see.length).toBeGreaterThan(1);
  });

  test.each(REVIEW)("step $step plays $scenario, and shows what it says", ({ scenario }) => {
    expect(shownOf(scenario).unseen).toEqual([]);
  });
});

test.each(["wrong-image", "api-server-gone-mid-swap", "halts-everywhere"])(
  "what others would do stands beside the halt of %s",
  (name) => {
    const { ways, modelled } = shownOf(name);
    expect(ways).toEqual([
      "This controller",
      expect.stringContaining("kubelet"),
      expect.stringContaining("cosmovisor"),
      expect.stringContaining("90 s of sleep"),
    ]);
    expect(modelled).toBeGreaterThan(0);
  },
);
