import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pnpm, runIn } from "./run-in.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const BOOTSTRAP = "npx --yes pnpm@12.21.0 ";
/** Proven by itself: it takes minutes. */
const WHOLE = "run test";

let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "first-change-"));
  await runIn(clone, "git", "clone", "--quiet", ROOT, ".");
});
afterAll(() => rm(clone, { recursive: true, force: true }));

/** What CONTRIBUTING.md says to run for a first change, in its order, without the bootstrap. */
function steps(): readonly string[] {
  const [, section = ""] =
    /^## Your first change\n(.*?)^## /ms.exec(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")) ?? [];
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, body = ""]) => body.trim().split("\n"))
    .map((line) => line.replace(BOOTSTRAP, ""))
    .filter((command) => command !== WHOLE);
}

const run = (command: string): Promise<string> => pnpm(clone, ...command.split(" "));

async function change(file: string, from: string, to: string): Promise<void> {
  const path = join(clone, "packages/consumer/src", file);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

test("a first change goes from a clone to green by the commands of CONTRIBUTING.md", async () => {
  const [install = "", explain = "", focused = "", ...checks] = steps();
  await run(install);
  expect(await run(explain)).toContain("upgrade_required");

  await change("printable.test.ts", "(10)}…`", "(10)}...`");
  await expect(run(focused)).rejects.toThrow("printable.test.ts");
  await change("printable.ts", "limit)}…`", "limit)}...`");
  for (const command of [focused, ...checks]) await run(command);

  await run("run build");
  expect(await run("run build"), "what is built is not built again").toMatch(
    /Cached:\s+(\d+) cached, \1 total/,
  );
}, 600_000);
