import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runIn } from "../packages/run-in.ts";
import { ACTIONLINT } from "./programs.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const actionlint = join(ACTIONLINT.folder, "actionlint");
const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });

test("the workflows are what their service takes", async () => {
  expect(workflows.length).toBeGreaterThan(1);
  expect(await runIn(ROOT, actionlint, "-no-color", "-shellcheck=", "-pyflakes=", ...workflows)).toBe("");
});

test("a workflow with a key that there is not is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "workflows-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const text = await readFile(join(ROOT, ".github/workflows/ci.yml"), "utf8");
  await writeFile(join(folder, "ci.yml"), text.replace("runs-on:", "run-on:"));
  await expect(runIn(folder, actionlint, "-no-color", join(folder, "ci.yml"))).rejects.toThrow("runs-on");
});
