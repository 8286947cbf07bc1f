import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { readPlayed } from "./played.ts";

const E2E = join(import.meta.dirname, "..");
mkdirSync(join(E2E, "test-results"), { recursive: true });
const folder = mkdtempSync(join(E2E, "test-results/played-"));
const record = join(folder, "played.json");
afterAll(() => rmSync(folder, { recursive: true }));

/** A suite of two files and three tests. */
beforeEach(() => {
  rmSync(record, { force: true });
  const reporter = `new PlayedReporter("chart", ${JSON.stringify(record)})`;
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { PlayedReporter } from "${E2E}/control-plane/played-reporter.ts";
     export default { test: { include: ["*.test.ts"], reporters: [${reporter}] } };`,
  );
  writeSuite("one.test.ts", "a", "b");
  writeSuite("two.test.ts", "c");
});

function writeSuite(file: string, ...names: readonly string[]): void {
  const tests = names.map((name) => `test("${name}", () => {});`);
  writeFileSync(join(folder, file), `import { test } from "vitest";\n${tests.join("\n")}\n`);
}

function play({ update = false, args = [] as readonly string[] } = {}) {
  const env = { ...process.env, UPDATE_COMPATIBILITY: update ? "1" : "" };
  const vitest = join(E2E, "../node_modules/vitest/vitest.mjs");
  return spawnSync(process.execPath, [vitest, "run", ...args], { cwd: folder, env, encoding: "utf8" });
}

test("a whole run is recorded when it is asked for, and holds where as many tests run again", () => {
  expect(play({ update: true })).toMatchObject({ status: 0 });
  expect(readPlayed(record)).toEqual({
    chart: { tests: 3, day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
  });
  const recorded = readFileSync(record, "utf8");
  expect(play()).toMatchObject({ status: 0 });
  expect(readFileSync(record, "utf8")).toBe(recorded);
});

test("a whole run of fewer tests than the record says fails, and says so", () => {
  play({ update: true });
  writeSuite("one.test.ts", "a");
  const { status, stderr } = play();
  expect(stderr).toContain("says that 3 tests of test:chart hold here, and 2 ran");
  expect(status).toBe(1);
});

test.each([
  ["of one file", ["two"]],
  ["of one test", ["-t", "a"]],
])("a run %s is neither recorded nor held against the record", (_, args) => {
  expect(play({ update: true, args })).toMatchObject({ status: 0 });
  expect(readPlayed(record)).toEqual({});
  play({ update: true });
  expect(play({ args })).toMatchObject({ status: 0 });
});

test("a run that failed is not recorded", () => {
  writeFileSync(join(folder, "two.test.ts"), `import { test } from "vitest";\ntest.fails("c", () => {});\n`);
  expect(play({ update: true })).toMatchObject({ status: 1 });
  expect(readPlayed(record)).toEqual({});
});
