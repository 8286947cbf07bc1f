import { afterAll, beforeAll, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { type Served, serve, untilState } from "../harness/served-page.ts";
import { open, startBrowser } from "./page.ts";
import { violations } from "./violations.ts";

const KEYS = [
  ...["Tab", "Tab", "Tab", "Shift+Tab", "Enter", "Space", "Escape", "Home", "End"],
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Backspace", "PageDown", "9", "-", "e", "<"],
];
const PRESSES = 400;

const cleanup = new Cleanup();
let served: Served;
beforeAll(async () => {
  served = await serve({ cleanup, flags: ["--nodes", "1"] });
});
afterAll(() => cleanup.run());

/** The same keys for the same seed: a linear congruential generator (Numerical Recipes). */
function* keysOf(seed: number): Generator<string> {
  for (let state = seed; ; state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32)
    yield KEYS[Math.floor((state / 2 ** 32) * KEYS.length)] ?? "Tab";
}

test("whatever keys are pressed, the page goes on, and so does the sandbox", async () => {
  const page = await open(await startBrowser(cleanup), served.address);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const keys = keysOf(16);
  for (let count = 0; count < PRESSES; count += 1) await page.keyboard.press(keys.next().value ?? "Tab");
  expect(errors).toEqual([]);
  await page.getByText("● live").waitFor();
  // No part of the page keeps the focus for itself: Tab comes to the first of its buttons again.
  const first = page.getByRole("button", { name: "Scenario", exact: true });
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (
    let count = 0;
    count < 400 && !(await first.evaluate((one) => one === document.activeElement));
    count += 1
  )
    await page.keyboard.press("Tab");
  expect(await first.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await violations(page)).toEqual([]);
  await untilState(
    served,
    "the sandbox to run what was chosen",
    ({ isReady, fault }) => isReady && fault === "",
  );
});
