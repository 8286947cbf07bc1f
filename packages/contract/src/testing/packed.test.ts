import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const FOLDER = fileURLToPath(new URL("../../", import.meta.url));
const { exports } = JSON.parse(readFileSync(`${FOLDER}package.json`, "utf8")) as {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

/** The files of the tarball that `npm publish` would upload. */
function packed(): ReadonlySet<string> {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: FOLDER,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, npm_config_update_notifier: "false" },
  });
  const [tarball] = JSON.parse(output) as { readonly files: readonly { readonly path: string }[] }[];
  return new Set(tarball?.files.map(({ path }) => path));
}

it("is packed with everything that it exports, the vectors among it, and without its tests", () => {
  const files = packed();
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  const vectors = ["codes", "decode", "encode", "status"].map((name) => `./vectors/${name}.json`);
  for (const target of [...targets.filter((each) => !each.includes("*")), ...vectors]) {
    expect(files, target).toContain(target.slice("./".length));
  }
  expect([...files].filter((path) => /test|bench|fuzz|scripts/.test(path))).toEqual([]);
});
