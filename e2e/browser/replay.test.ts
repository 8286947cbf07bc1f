import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startProgram, until } from "@upgrade-halt/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { binOf } from "../harness/programs.ts";
import { PATIENCE, type Served, serve, untilState } from "../harness/served-page.ts";
import { open, runTwin, startBrowser } from "./page.ts";
import { violations } from "./violations.ts";

/** The scenario `wrong-image`, saved from the page. */
const RECORDING = join(import.meta.dirname, "recordings/wrong-image.jsonl");
const HALT_LINE = `UPGRADE "v6.7" NEEDED at height: 30`;

const cleanup = new Cleanup();
let served: Served;
let browser: Browser;
beforeAll(async () => {
  const flags = ["--replay", RECORDING, "--speed", "1000"];
  [served, browser] = await Promise.all([serve({ cleanup, flags }), startBrowser(cleanup)]);
});
afterAll(() => cleanup.run());

async function openToldPage(address = served.address, faults: string[] = [], options = {}): Promise<Page> {
  const page = await open(browser, address, faults, options);
  await page.getByText("■ told to its end").waitFor();
  return page;
}

/** What the three views and the timeline show. */
async function shownBy(page: Page): Promise<Readonly<Record<string, string>>> {
  const textOf = async (selector: string) => (await page.locator(selector).allTextContents()).join("\n");
  return {
    node: await textOf(".node"),
    log: await textOf("article[aria-labelledby=process-view] pre"),
    wire: await textOf("article[aria-labelledby=wire-view] pre"),
    conclusion: await textOf("article[aria-labelledby=controller-view] h4, .steps li, .writes li"),
  };
}

const goTo = async (page: Page, word: string): Promise<void> => {
  await page.locator(".events button", { hasText: word }).last().click();
  await page.locator("[data-moment]", { hasText: word }).waitFor();
};

async function openFile(page: Page, name: string, body: string): Promise<void> {
  await page
    .getByLabel("Your own")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(body) });
}

describe("a recording on the page", () => {
  test("shows without a cluster what the run showed, and lets nothing be changed", async () => {
    const faults: string[] = [];
    const page = await openToldPage(served.address, faults);
    await page.locator("pre", { hasText: HALT_LINE }).first().waitFor();
    const { node, log, wire, conclusion } = await shownBy(page);
    expect(node).toContain("v6.5");
    expect(log?.match(/NEEDED at height: 30/g)).toHaveLength(4);
    expect(JSON.parse(wire ?? "")).toMatchObject({ node_info: { moniker: "sei-0" } });
    expect(conclusion).toContain("The new pod halted as well on upgrade-halt.dev/mock-node:v6.5");
    expect(conclusion).toContain("PATCH /api/v1/namespaces/sei-2/pods/sei-0-0 → 200");
    expect(await page.locator(".ways h3").count()).toBe(4);

    expect(await page.locator(".groups fieldset:disabled").count()).toBe(3);
    await page.getByText("This is a recording: nothing runs").waitFor();
    await expect(runTwin('sandbox act "$SANDBOX" pager down', served.address)).rejects.toThrow(
      "This is a recording",
    );
    expect(faults).toEqual([]);
    await page.close();
  });

  test("is told as fast as asked, from the page and from its twin", async () => {
    const own = new Cleanup();
    try {
      const slow = await serve({ cleanup: own, flags: ["--replay", RECORDING, "--speed", "0.1"] });
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE);
      await page.goto(slow.address);
      await page.getByLabel("Speed").selectOption("stand still");
      await untilState(slow, "it to stand still", ({ replay }) => replay?.speed === 0);
      const { replay } = await slow.state();
      expect(replay?.told).toBeLessThan(replay?.of ?? 0);
      await runTwin('sandbox act "$SANDBOX" replay speed=1000', slow.address);
      await page.getByText("■ told to its end").waitFor();
      expect(await page.locator(".replay .twin").textContent()).toBe(
        'sandbox act "$SANDBOX" replay speed=1000',
      );
      await page.close();
    } finally {
      await own.run();
    }
  });

  test("is saved as it was read, from the page and from its twin", async () => {
    const page = await openToldPage();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save recording" }).click(),
    ]);
    const recording = await readFile(RECORDING, "utf8");
    expect(await text(await download.createReadStream())).toBe(recording);
    expect(download.suggestedFilename()).toBe("run.jsonl");
    const twin = await startProgram("save", process.execPath, [
      binOf("sandbox"),
      ...["act", served.address, "save"],
    ]);
    expect(await twin.ended).toMatchObject({ code: 0 });
    expect(`${twin.lines().join("\n")}\n`).toBe(recording);
    await page.close();
  });
});

describe("a moment", () => {
  test("that is chosen rewinds every view, and its link restores it", async () => {
    const page = await openToldPage();
    const now = await shownBy(page);
    await goTo(page, "exit 70");
    const { node, log, wire, conclusion } = await shownBy(page);
    expect(node).toMatch(/exit 70.*v6\.6/s);
    expect(log?.trimEnd().split("\n").at(-1)).toContain(HALT_LINE);
    expect(log?.match(/NEEDED at height: 30/g)).toHaveLength(2);
    expect(wire).toContain('"latest_block_height":"25"');
    expect(conclusion).not.toContain("Recreating");
    await page.getByText("You look at a moment that is over").waitFor();

    const other = await openToldPage(page.url());
    await other.locator("[data-moment]", { hasText: "exit 70" }).waitFor();
    await until(
      "the same views",
      async () => JSON.stringify(await shownBy(other)) === JSON.stringify(await shownBy(page)),
      {
        within: PATIENCE,
      },
    );
    await goTo(other, "Recreating");
    expect((await shownBy(other)).conclusion).toContain("Recreating");
    expect(await shownBy(page)).toEqual({ node, log, wire, conclusion });

    await page.getByRole("button", { name: "Now", exact: true }).click();
    await until("the views of now", async () => JSON.stringify(await shownBy(page)) === JSON.stringify(now), {
      within: PATIENCE,
    });
    expect(new URL(page.url()).hash).not.toContain("at=");
    await Promise.all([page.close(), other.close()]);
  });

  test("is gone to by keyboard: back, on, and to now", async () => {
    const page = await openToldPage();
    const moment = page.locator("[data-moment]");
    const slider = page.getByLabel("Moment");
    await slider.focus();
    await page.keyboard.press("Home");
    await moment.getByText("As it was at 0.00 s").waitFor();
    await page.keyboard.press("ArrowRight");
    await moment.getByText("controller started").waitFor();
    expect(await slider.getAttribute("aria-valuetext")).toContain("controller started");
    await page.getByRole("button", { name: "Earlier" }).press("Enter");
    await moment.getByText("As it was at 0.00 s").waitFor();
    await slider.press("End");
    await moment.getByText("as it is now").waitFor();
    await page.close();
  });

  test("is chosen on the timeline by its mark", async () => {
    const page = await openToldPage();
    const box = await page.locator(".timeline .mark.node-ended").first().boundingBox();
    if (box === null) throw new Error("the mark is not shown");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator("[data-moment]", { hasText: /As it was at 5\.\d+ s/ }).waitFor();
    await page.close();
  });

  test("that is not kept is said to be, and the page shows now", async () => {
    const { run } = await served.state();
    for (const [at, says] of [
      [`${run}-9999`, /keeps no moment 9999/],
      [`${run + 7}-1`, /run \d+ is over/],
      ["%3Cb%3E", /is over/],
    ] as const) {
      const page = await openToldPage(`${served.address}&at=${at}`);
      await page.getByRole("alert").getByText(says).waitFor();
      expect(await page.locator("[data-moment]").textContent()).not.toContain("As it was");
      await page.close();
    }
  });

  test.each(["light", "dark"] as const)("is accessible in %s, and fits 360 pixels", async (colorScheme) => {
    const faults: string[] = [];
    const page = await openToldPage(served.address, faults, {
      colorScheme,
      reducedMotion: "reduce",
      viewport: { width: 360, height: 800 },
    });
    await goTo(page, "exit 70");
    for (const details of await page.locator(".ways summary").all()) await details.click();
    expect(await violations(page)).toEqual([]);
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide).toBe(0);
    await page.close();
    expect(faults.filter((fault) => !fault.includes("409"))).toEqual([]);
  });
});

describe("a recording of one's own", () => {
  const at = (ms: number): string => new Date(1_800_000_000_000 + ms).toISOString();
  const lines = (...entries: readonly object[]): string =>
    entries.map((one) => JSON.stringify(one)).join("\n");

  test("with a mistake is refused by its line, and what was shown stays", async () => {
    const page = await openToldPage();
    const { run } = await served.state();
    const good = { kind: "chapter", at: at(0), title: "t" };
    for (const [body, says] of [
      ["{", /own\.jsonl, line 1/],
      [lines(good, { kind: "song", at: at(0) }), /own\.jsonl, line 2/],
      [lines(good, { kind: "node-ready", at: at(0), node: 1, image: "a" }), /line 2.*node/],
      ["", /is empty/],
    ] as const) {
      await openFile(page, "mine.jsonl", body);
      await page.locator(".scenarios .said").getByText(says).waitFor();
    }
    expect((await served.state()).run).toBe(run);
    await page.close();
  });

  test("as `play --json` wrote it is told to every page, and its text is never markup", async () => {
    const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const about = { node: "sei-0", image: `a:${attack}` };
    const step = { node: "sei-0", halt: attack, reason: attack, plan: attack, action: attack };
    const faults: string[] = [];
    const [page, other] = await Promise.all([openToldPage(served.address, faults), openToldPage()]);
    await openFile(
      page,
      "mine.jsonl",
      lines(
        { kind: "chapter", at: at(0), title: attack },
        { kind: "node-started", at: at(1), ...about, podUid: "u", restartCount: 0 },
        { kind: "node-ended", at: at(2), ...about, exitCode: 70, lastLine: attack },
        { kind: "halt-step", at: at(3), ...step, phase: "Detected", message: attack },
        { kind: "paged", at: at(4), node: "sei-0", key: "k", summary: attack },
        { kind: "expectation", at: at(5), text: attack, held: false, found: attack },
        { kind: "the-end", at: at(6), expectations: 1, broken: 1 },
      ),
    );
    for (const one of [page, other]) {
      await one.locator("h2#now", { hasText: "onerror" }).waitFor();
      await one.locator(".events strong", { hasText: "the end" }).waitFor();
      await one.locator("pre", { hasText: "onerror" }).first().waitFor();
      await one.locator("h4", { hasText: "onerror" }).waitFor();
      expect(await one.locator("img, main script").count()).toBe(0);
      expect(await one.title()).toBe("upgrade-halt sandbox");
    }
    expect(await page.locator(".ways .times li", { hasText: "(modelled)" }).count()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await Promise.all([page.close(), other.close()]);
  });

  test("is all that there is: a scenario needs a cluster, and that is said", async () => {
    const page = await open(browser, served.address);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText("no cluster runs here").waitFor();
    await page.close();
  });
});
