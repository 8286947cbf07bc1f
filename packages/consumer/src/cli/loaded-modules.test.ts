import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "..", "main.ts");
const TELL_LOADED = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.includes("/node_modules/")) process.stderr.write(url.split("/node_modules/").at(-1).split("/")[0] + "\\n");
  return next(url, context);
} });`;

function dependenciesOf(...args: string[]): ReadonlySet<string> {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`;
  const { stderr } = spawnSync(process.execPath, ["--import", preload, MAIN, ...args], { encoding: "utf8" });
  return new Set(stderr.trim().split("\n"));
}

test.each([[["explain", "70"]], [["systemd-hook", "--help"]]])(
  "%j loads neither an HTTP client nor schemas, so that what runs at each end of a node starts at once",
  (args) => {
    expect([...dependenciesOf(...args)]).toEqual(["commander"]);
  },
);

test("completions know every command, so all are loaded for them", () => {
  expect([...dependenciesOf("completion", "bash")].toSorted()).toEqual(["commander", "undici", "zod"]);
});
