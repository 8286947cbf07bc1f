import type { Page } from "playwright-core";
import { untilEnded } from "./page.ts";
import type { Look } from "./review.ts";

const MOST_PRESSES = 400;

/** Presses Tab until what has the focus is so; nothing but the keyboard is used. */
async function tabTo(page: Page, what: string, is: (label: string) => boolean): Promise<void> {
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    await page.keyboard.press("Tab");
    const label = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused instanceof HTMLSelectElement) return focused.labels[0]?.textContent ?? "";
      return focused?.textContent ?? "";
    });
    if (is(label.trim())) return;
  }
  throw new Error(`Tab does not come to ${what}`);
}

/** Goes to a part of the page by the button that leads there, from wherever the focus is. */
async function goTo(page: Page, part: string): Promise<void> {
  await tabTo(page, `the button ${part}`, (label) => label === part);
  await page.keyboard.press("Enter");
}

/** Chooses a scenario and plays it to its end, as docs/review.md says. */
export async function playByKeyboard(page: Page, name: string): Promise<void> {
  await goTo(page, "Scenario");
  await tabTo(page, "the list of scenarios", (label) => label.startsWith("Scenario"));
  await page.keyboard.press("Home");
  const chosen = () => page.evaluate(() => (document.activeElement as HTMLSelectElement).value);
  for (let presses = 0; presses < MOST_PRESSES && (await chosen()) !== name; presses += 1)
    await page.keyboard.press("ArrowDown");
  await tabTo(page, "Play", (label) => label.endsWith("Play"));
  await page.keyboard.press("Enter");
  await untilEnded(page, name);
}

/** Chooses what a step of the review says is to be looked at. */
export async function lookByKeyboard(page: Page, { node, view, moment }: Look): Promise<void> {
  if (moment !== undefined) {
    await goTo(page, "Journal");
    await tabTo(page, `the moment ${moment}`, (label) => label.includes(node) && label.includes(moment));
    await page.keyboard.press("Enter");
    await page.locator("[data-moment]", { hasText: moment }).waitFor();
  }
  await goTo(page, "Nodes");
  await tabTo(page, `node ${node}`, (label) => label.includes(node) && label.includes("height"));
  await page.keyboard.press("Enter");
  await goTo(page, "Views");
  await tabTo(page, `view ${view}`, (label) => label === view);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: node, exact: true }).waitFor();
}

/** The same with a mouse. */
export async function lookByMouse(page: Page, { node, view, moment }: Look): Promise<void> {
  await page
    .getByRole("button", { name: "Now", exact: true })
    .click({ force: true })
    .catch(() => undefined);
  if (moment !== undefined) {
    await page.locator(".story button", { hasText: node }).filter({ hasText: moment }).first().click();
    await page.locator("[data-moment]", { hasText: moment }).waitFor();
  }
  await page.locator(`[data-node="${node}"]`).click();
  await page.getByRole("button", { name: view, exact: true }).click();
  await page.getByRole("heading", { name: node, exact: true }).waitFor();
}
