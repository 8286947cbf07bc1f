import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, PUBLISHED, type Published, packAll, pnpm, ROOT, runIn } from "./pack.ts";

const CONTENTS = JSON.parse(readFileSync(join(import.meta.dirname, "contents.json"), "utf8")) as Readonly<
  Record<Published, readonly string[]>
>;
const TOOLS = ["typescript", "@types/node", "fastify"] as const;
const NODES = ["22.19.0", "24.21.0"] as const;

let folder: string;
let tarballs: Readonly<Record<Published, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packages-"));
  tarballs = await packAll(ROOT, join(folder, "tarballs"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function manifestOf(name: Published) {
  return JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
}

/** What the tarball of a package holds: the listed files, and its modules with their types and sources. */
function expectedFiles(name: Published): readonly string[] {
  const modules = globSync("src/**/*.ts", { cwd: join(ROOT, "packages", name) })
    .filter((file) => !/\.test\.ts$|^src\/testing\//.test(file))
    .flatMap((file) => {
      const base = file.replace(/^src\//, "dist/").replace(/\.ts$/, "");
      return [file, ...["js", "js.map", "d.ts", "d.ts.map"].map((ending) => `${base}.${ending}`)];
    });
  return [...CONTENTS[name], ...modules].sort();
}

/** The catalog's version of a tool of this workspace. */
function versionOf(tool: string): string {
  const workspace = readFileSync(join(ROOT, "pnpm-workspace.yaml"), "utf8");
  return new RegExp(`^  "?${tool}"?: (\\S+)$`, "m").exec(workspace)?.[1] ?? "";
}

/** What can be imported from the published packages: each export that is a module. */
const SPECIFIERS = PUBLISHED.flatMap((name) =>
  Object.keys(manifestOf(name).exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => `@upgrade-halt/${name}${path.slice(1)}`),
);

/** An empty project that has the tarballs and what their types need, and nothing of this workspace. */
async function createProject(name: string): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  const local = Object.fromEntries(PUBLISHED.map((one) => [`@upgrade-halt/${one}`, `file:${tarballs[one]}`]));
  const tools = Object.fromEntries(TOOLS.map((tool) => [tool, versionOf(tool)]));
  const manifest = {
    name,
    private: true,
    type: "module",
    dependencies: { ...local, ...tools },
    overrides: local,
  };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  const overrides = Object.entries(local).map(([one, file]) => `  "${one}": "${file}"\n`);
  await writeFile(join(project, "pnpm-workspace.yaml"), `overrides:\n${overrides.join("")}`);
  return project;
}

describe.each(PUBLISHED)("the tarball of %s", (name) => {
  test("holds the listed files and its modules, and nothing else", async () => {
    expect(await filesOf(tarballs[name])).toEqual(expectedFiles(name));
  });

  test("has a README without a link that leads out of it", () => {
    const links = [...readmeOf(name).matchAll(/\]\((?!https:|#)([^)]+)\)/g)].map(([, path]) => path);
    expect(links).toEqual([]);
  });

  test("has nothing that publint or attw find", async () => {
    await runIn(folder, bin("publint"), tarballs[name], "--strict");
    await runIn(folder, bin("attw"), tarballs[name], "--profile", "esm-only");
  });
});

test("another checkout packs the same bytes", async () => {
  const clone = join(folder, "clone");
  await runIn(folder, "git", "clone", "--quiet", ROOT, clone);
  const changed = (await runIn(ROOT, "git", "status", "--porcelain", "--", "packages")).trim();
  expect(changed, "commit the packages first: the other checkout has only what is committed").toBe("");
  await pnpm(clone, "install", "--frozen-lockfile", "--offline");
  const others = await packAll(clone, join(folder, "others"));
  for (const name of PUBLISHED)
    expect(await digestOf(others[name]), name).toBe(await digestOf(tarballs[name]));
});

describe.each(["npm", "pnpm"] as const)("a project that %s installs from the tarballs", (client) => {
  let project: string;

  beforeAll(async () => {
    project = await createProject(client);
    if (client === "pnpm") await pnpm(project, "install", "--prod");
    else
      await runIn(project, "npm", "install", "--silent", "--no-audit", "--no-fund", "--engine-strict=false");
  });

  test.each(["node16", "nodenext", "bundler"])("type-checks every export under %s", async (resolution) => {
    const imports = SPECIFIERS.map((one, i) => `import * as m${i} from "${one}";\nexport { m${i} };\n`);
    const options = {
      module: resolution === "bundler" ? "esnext" : resolution,
      moduleResolution: resolution,
      target: "es2024",
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: ["node"],
    };
    await writeFile(join(project, "all.ts"), imports.join(""));
    await writeFile(
      join(project, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["all.ts"] }),
    );
    await runIn(project, join(project, "node_modules", ".bin", "tsc"), "-p", ".");
  });

  test("type-checks the code of each README", async () => {
    const files = PUBLISHED.flatMap((name) =>
      codeOf(name).map((code, i) => ({ file: `${name}-${i}.ts`, code })),
    );
    for (const { file, code } of files) await writeFile(join(project, file), code);
    const options = {
      module: "nodenext",
      target: "es2024",
      lib: ["es2024", "esnext.disposable"],
      strict: true,
      noEmit: true,
      types: ["node"],
    };
    const config = { compilerOptions: options, files: files.map(({ file }) => file) };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(config));
    await runIn(project, join(project, "node_modules", ".bin", "tsc"), "-p", ".");
  });

  test.each(NODES)("imports and requires every export on Node %s", async (version) => {
    const node = await nodeOf(version);
    const load = SPECIFIERS.map((one) => `await import("${one}"); require("${one}");`).join("\n");
    const script = `import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      ${load}
      console.log("loaded", process.version);`;
    await writeFile(join(project, "load.mjs"), script);
    expect(await runIn(project, node, "load.mjs")).toBe(`loaded v${version}\n`);
  });

  test.each(NODES)("runs the command on Node %s", async (version) => {
    const command = join(project, "node_modules", "@upgrade-halt", "consumer", "bin", "upgrade-halt.js");
    expect(await runIn(project, await nodeOf(version), command, "explain", "70")).toContain(
      "upgrade_required",
    );
  });
});

function bin(name: string): string {
  return join(ROOT, "e2e", "node_modules", ".bin", name);
}

async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

function readmeOf(name: Published): string {
  return readFileSync(join(ROOT, "packages", name, "README.md"), "utf8");
}

/** The TypeScript that a package's README shows, block by block. */
function codeOf(name: Published): readonly string[] {
  return [...readmeOf(name).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}

const installed = new Map<string, Promise<string>>();

/** A Node of this version, from the package of the same name. */
function nodeOf(version: string): Promise<string> {
  const known = installed.get(version);
  if (known !== undefined) return known;
  const install = async () => {
    const home = join(folder, `node-${version}`);
    await runIn(
      folder,
      "npm",
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "--prefix",
      home,
      `node@${version}`,
    );
    return join(home, "node_modules", ".bin", "node");
  };
  const installing = install();
  installed.set(version, installing);
  return installing;
}
