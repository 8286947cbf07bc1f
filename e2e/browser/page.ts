import { startProgram } from "@upgrade-halt/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Cleanup } from "../harness/cleanup.ts";
import { binOf } from "../harness/programs.ts";
import { PATIENCE } from "../harness/served-page.ts";

/** A scenario gives itself up much earlier. */
const WHOLE_RUN = 300_000;

/** Debian's Chromium; nothing of its own is downloaded. */
export async function startBrowser(cleanup: Cleanup, flags: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...flags],
  });
  cleanup.add(() => browser.close());
  return browser;
}

/** Opens the page and waits until it shows nodes; whatever goes wrong in it is added to `faults`. */
export async function open(
  browser: Browser,
  address: string,
  faults: string[] = [],
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(address);
  await page.locator(".node").first().waitFor();
  return page;
}

/** Chooses a scenario and waits until it is told to the end. */
export async function play(page: Page, name: string): Promise<void> {
  await page.getByLabel("Scenario").selectOption(name);
  await page.getByRole("button", { name: "Play" }).click();
  await untilEnded(page, name);
}

/** Waits until a scenario is told to its end. */
export async function untilEnded(page: Page, name: string): Promise<void> {
  await page.locator(".playing", { hasText: `now: ${name}` }).waitFor();
  const end = page.locator(".events strong", { hasText: "the end" });
  const fault = page.locator(".fault");
  await end.or(fault).waitFor({ timeout: WHOLE_RUN });
  if (await fault.isVisible()) throw new Error(`${name}: ${await fault.textContent()}`);
}

/** Presses a control, and waits until that is done: what the page says of the one before may still be there. */
export async function act(
  page: Page,
  name: string,
  press = () => page.getByRole("button", { name, exact: true }).click(),
): Promise<void> {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/actions");
  await Promise.all([answered, press()]);
  const body = (await answered).request().postDataJSON() as object;
  const said = page.locator("[data-said]", { hasText: /./ });
  await said.waitFor();
  const words = await said.textContent();
  if (words !== `● done: ${Object.keys(body)[0]}`) throw new Error(`${name}: the page says "${words}"`);
}

/** Runs the twin that the page shows beside a control, as a user who copied it. */
export async function runTwin(twin: string, address: string): Promise<void> {
  const words = twin.replace('"$SANDBOX"', address).split(" ");
  if (words[0] !== "sandbox") throw new Error(`${twin} runs no sandbox`);
  const program = await startProgram("twin", process.execPath, [binOf("sandbox"), ...words.slice(1)]);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${twin}: ${program.output()}`);
}
