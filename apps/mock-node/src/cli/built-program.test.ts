import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/mock-node.js");
const TELL_LOADED = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.startsWith("file:")) process.stderr.write(url + "\\n");
  return next(url, context);
} });`;

test("the built program is in a few files, and looks for nothing in packages but the contract", () => {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", preload, PROGRAM, "start", "--help"], {
    encoding: "utf8",
  });
  expect(stdout).toContain("Usage: mock-node start");
  const loaded = stderr.trim().split("\n");
  expect(
    loaded.filter(
      (url) =>
        !/\/(?:mock-node\/bin\/mock-node\.js|mock-node\/dist\/program\/[^/]+\.js|contract\/dist\/[^/]+\.js)$/.test(
          url,
        ),
    ),
  ).toEqual([]);
  expect(loaded).toContainEqual(expect.stringContaining("/dist/program/main.js"));
});
