import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { startProgram, until } from "@upgrade-halt/testing";
import { afterAll, expect, test } from "vitest";
import { Cleanup } from "../harness/cleanup.ts";
import { processesMentioning } from "../harness/leftovers.ts";
import { PATIENCE } from "../harness/served-page.ts";
import { open, startBrowser } from "./page.ts";

const ROOT = join(import.meta.dirname, "../..");
/** By these a program opens what it likes on a desktop. */
const OPENERS = ["xdg-open", "open", "gio", "sensible-browser", "x-www-browser", "www-browser"];

const cleanup = new Cleanup();
afterAll(() => cleanup.run());

/** A folder of programs that write down, in the folder `opened`, that they were called. */
async function watchOpeners(folder: string): Promise<string> {
  const bin = join(folder, "bin");
  await Promise.all([mkdir(bin), mkdir(join(folder, "opened"))]);
  for (const name of OPENERS) {
    await writeFile(join(bin, name), `#!/bin/sh\ntouch '${join(folder, "opened", name)}'\n`);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

test("the README's command prints an address and opens nothing, six nodes run there, and Ctrl-C leaves nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-start-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const home = join(folder, "home");
  await mkdir(home);
  const bin = await watchOpeners(folder);
  const env = {
    ...process.env,
    TMPDIR: home,
    BROWSER: join(bin, "open"),
    NODE_DISABLE_COMPILE_CACHE: "1",
    PATH: [bin, process.env.PATH].join(delimiter),
  };
  // A session of its own, so that Ctrl-C can go to all that a terminal would send it to.
  const command = ["npx", "--yes", "pnpm@12.21.0", "run", "sandbox"];
  const program = await startProgram("sandbox", "setsid", command, { cwd: ROOT, env });
  let isOver = false;
  void program.ended.then(() => {
    isOver = true;
  });
  const interrupt = async (): Promise<void> => {
    if (!isOver) process.kill(-program.pid, "SIGINT");
    await program.ended;
  };
  cleanup.add(interrupt);
  await until("the sandbox to run", () => program.output().includes("Ctrl-C ends it"), {
    ...{ within: PATIENCE, explain: program.output },
  });
  const [, address = ""] =
    /^The sandbox is at (http:\/\/127\.0\.0\.1:\d+\/#token=\S+)$/m.exec(program.output()) ?? [];
  const page = await open(await startBrowser(cleanup), address);
  expect(await page.locator(".node .name").allTextContents()).toEqual(
    Array.from({ length: 6 }, (_, index) => `sei-${index}`),
  );
  await page.getByText(/★ leads \(process \d+\)/).waitFor();
  await page.getByText(/☆ stands by \(process \d+\)/).waitFor();
  const heights = async () =>
    (await page.locator(".node .height").allTextContents()).map((text) => Number(text.split(" ")[1]));
  const first = await until("every height to be known", async () => {
    const all = await heights();
    return all.every((height) => height > 0) && all;
  });
  await until("every height to rise", async () =>
    (await heights()).every((height, index) => height > (first[index] ?? 0)),
  );

  await interrupt();
  expect(await readdir(join(folder, "opened"))).toEqual([]);
  expect(processesMentioning(home)).toEqual([]);
  expect(await readdir(home)).toEqual([]);
});
