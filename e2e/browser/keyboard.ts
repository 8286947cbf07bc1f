import type { Page } from "playwright-core";
import { untilEnded } from "./page.ts";
import type { Look } from "./review.ts";

const MOST_PRESSES = 400;
const FIRST_PART = "Scenario";

/** The text of what has the focus, or of its label. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const focused = document.activeElement;
    const isField = focused instanceof HTMLSelectElement || focused instanceof HTMLInputElement;
    return (isField ? focused.labels?.[0] : focused)?.textContent?.trim() ?? "";
  });

/** Presses Tab until what has the focus is so; nothing but the keyboard is used. */
async function tabTo(page: Page, what: string, is: (label: string) => boolean): Promise<void> {
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    await page.keyboard.press("Tab");
    if (is(await focused(page))) return;
  }
  throw new Error(`Tab does not come to ${what}`);
}

/** Goes to a part of the page by the button that leads there, from wherever the focus is. */
async function goTo(page: Page, part: string): Promise<void> {
  await page.keyboard.press("Escape");
  if ((await focused(page)) !== FIRST_PART) throw new Error("Escape does not lead to the parts of the page");
  if (part !== FIRST_PART) await tabTo(page, `the button ${part}`, (label) => label === part);
  await page.keyboard.press("Enter");
}

/** Comes to a list by its label, and chooses what it has by this value. */
async function choose(page: Page, list: string, value: string): Promise<void> {
  await tabTo(page, `the list ${list}`, (label) => label.startsWith(`${list} `));
  await page.keyboard.press("Home");
  const chosen = () => page.evaluate(() => (document.activeElement as HTMLSelectElement).value);
  for (let presses = 0; presses < MOST_PRESSES && (await chosen()) !== value; presses += 1)
    await page.keyboard.press("ArrowDown");
}

/** Chooses a scenario and begins to play it, as docs/review.md says. */
export async function beginByKeyboard(page: Page, name: string): Promise<void> {
  await goTo(page, "Scenario");
  await choose(page, "Scenario", name);
  await tabTo(page, "Play", (label) => label.endsWith("Play"));
  await page.keyboard.press("Enter");
}

/** The same, to its end. */
export async function playByKeyboard(page: Page, name: string): Promise<void> {
  await beginByKeyboard(page, name);
  await untilEnded(page, name);
}

/** Chooses a value among the controls, fills in a field there, and presses a control. */
export async function chooseByKeyboard(page: Page, list: string, value: string): Promise<void> {
  await goTo(page, "Controls");
  await choose(page, list, value);
}
export async function fillByKeyboard(page: Page, field: string, value: string): Promise<void> {
  await goTo(page, "Controls");
  await tabTo(page, `the field ${field}`, (label) => label.startsWith(`${field} `));
  await page.keyboard.press("Control+A");
  await page.keyboard.type(value);
}
export async function pressByKeyboard(page: Page, control: string): Promise<void> {
  await goTo(page, "Controls");
  await tabTo(page, control, (label) => label === control);
  await page.keyboard.press("Enter");
}

export async function chooseNodeByKeyboard(page: Page, node: string): Promise<void> {
  await goTo(page, "Nodes");
  await tabTo(page, `node ${node}`, (label) => label.includes(node) && label.includes("height"));
  await page.keyboard.press("Enter");
}

/** Chooses what a step of the review says is to be looked at. */
export async function lookByKeyboard(page: Page, { node, view, moment }: Look): Promise<void> {
  if (moment !== undefined) {
    await goTo(page, "Journal");
    await tabTo(page, `the moment ${moment}`, (label) => label.includes(node) && label.includes(moment));
    await page.keyboard.press("Enter");
    await page.locator("[data-moment]", { hasText: moment }).waitFor();
  }
  await chooseNodeByKeyboard(page, node);
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
    await page.locator(".events button", { hasText: node }).filter({ hasText: moment }).first().click();
    await page.locator("[data-moment]", { hasText: moment }).waitFor();
  }
  await page.locator(`[data-node="${node}"]`).click();
  await page.getByRole("button", { name: view, exact: true }).click();
  await page.getByRole("heading", { name: node, exact: true }).waitFor();
}
