import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../../bin/mini-controller.js");
const TELL_LOADED = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.startsWith("file:")) process.stderr.write(url + "\\n");
  return next(url, context);
} });`;

test("the built program is in a few files, and looks for nothing in packages", () => {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", preload, PROGRAM, "crds"], {
    encoding: "utf8",
  });
  expect(stdout).toContain("kind: CustomResourceDefinition");
  const loaded = stderr.trim().split("\n");
  expect(
    loaded.filter((url) => !/\/(?:bin\/mini-controller\.js|dist\/program\/[^/]+\.cjs)$/.test(url)),
  ).toEqual([]);
  expect(loaded).toContainEqual(expect.stringContaining("/dist/program/main.cjs"));
  expect(loaded.length).toBeLessThan(10);
});
