import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const ROOT = dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

test("each package has owners, and each owned path is there", () => {
  const owned = [...read(".github/CODEOWNERS").matchAll(/^(\/\S+) +@/gm)].map(([, path = ""]) => path);
  const packages = globSync(["{packages,apps}/*/package.json", "{e2e,release}/package.json"], { cwd: ROOT });
  expect(packages.map((file) => `/${dirname(file)}/`).filter((folder) => !owned.includes(folder))).toEqual(
    [],
  );
  expect(owned.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("editors are told what the formatter does", () => {
  const { formatter } = JSON.parse(read("biome.json"));
  const [, all = ""] = /^\[\*\]\n((?:\w+ = .*\n)*)/m.exec(read(".editorconfig")) ?? [];
  const told = Object.fromEntries(
    all
      .trim()
      .split("\n")
      .map((line) => line.split(" = ")),
  );
  expect(told).toMatchObject({
    indent_style: formatter.indentStyle,
    indent_size: String(formatter.indentWidth),
    max_line_length: String(formatter.lineWidth),
    end_of_line: "lf",
    charset: "utf-8",
  });
});

test("each task of the root is a script of that name in the folder that it says", () => {
  const scriptsOf = (file: string): Readonly<Record<string, string>> => JSON.parse(read(file)).scripts;
  const tasks = Object.entries(scriptsOf("package.json")).flatMap(([name, command]) => {
    const [, folder] = /^node scripts\/task\.ts (\S+)$/.exec(command) ?? [];
    return folder === undefined ? [] : [{ name, folder }];
  });
  expect(tasks.length).toBeGreaterThan(30);
  expect(tasks.filter(({ name, folder }) => !(name in scriptsOf(join(folder, "package.json"))))).toEqual([]);
});
