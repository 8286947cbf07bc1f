import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import type { State } from "../../apps/sandbox/page/src/types.ts";
import type { Cleanup } from "../harness/cleanup.ts";
import { type Program, startProgram } from "../harness/program.ts";
import { binOf, startBin } from "../harness/programs.ts";

/** Waits of a page that a loaded machine serves. */
export const PATIENCE = 60_000;

/** A scenario gives itself up much earlier. */
const STORY = 300_000;

/** A sandbox as a user starts it. */
export interface Served {
  readonly program: Program;
  /** What it printed, token included. */
  readonly address: string;
  readonly origin: string;
  readonly token: string;
  /** What the page shows, as JSON. */
  state(): Promise<State>;
}

export interface ServeOptions {
  readonly cleanup: Cleanup;
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts `sandbox serve`, in a folder of its own; it ends with `cleanup`. */
export async function serve({ cleanup, flags = ["--nodes", "2"], env = {} }: ServeOptions): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-browser-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const find = (program: Program) => /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(program.output())?.[0];
  const program = await startBin("sandbox", ["serve", ...flags], {
    env: { ...process.env, TMPDIR: folder, ...env },
    ready: find,
    within: PATIENCE,
  });
  cleanup.add(() => program.stop());
  const address = find(program) ?? "";
  const { origin, hash } = new URL(address);
  const token = hash.slice("#token=".length);
  const state = async (): Promise<State> => {
    const response = await fetch(`${origin}/api/state`, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as State;
  };
  return { program, address, origin, token, state };
}

/** Debian's Chromium; nothing of its own is downloaded. */
export async function startBrowser(cleanup: Cleanup): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
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
  await page.locator(".playing", { hasText: `now: ${name}` }).waitFor();
  const end = page.locator(".story strong", { hasText: "the end" });
  const fault = page.locator(".fault");
  await end.or(fault).waitFor({ timeout: STORY });
  if (await fault.isVisible()) throw new Error(`${name}: ${await fault.textContent()}`);
}

/** Runs the twin that the page shows beside a control, as a user who copied it. */
export async function runTwin(twin: string, address: string): Promise<void> {
  const words = twin.replace('"$SANDBOX"', address).split(" ");
  if (words[0] !== "sandbox") throw new Error(`${twin} runs no sandbox`);
  const program = await startProgram("twin", process.execPath, [binOf("sandbox"), ...words.slice(1)]);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${twin}: ${program.output()}`);
}

/** Waits until the sandbox's state is so. */
export function untilState(served: Served, what: string, is: (state: State) => boolean): Promise<State> {
  return until(
    what,
    async () => {
      const state = await served.state();
      return is(state) && state;
    },
    { within: PATIENCE, explain: async () => JSON.stringify((await served.state()).nodes) },
  );
}
