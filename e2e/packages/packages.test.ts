import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiReports } from "../../release/src/api-report.ts";
import { writeMaterials } from "../../release/src/materials.ts";
import { type Packed, packAll } from "../../release/src/pack.ts";
import { type Manifest, publishedPackages } from "../../release/src/packages.ts";
import { bomProblems } from "../../release/src/testing/bom-problems.ts";
import { catalogVersion } from "./catalog-version.ts";
import { pnpm, runIn } from "./run-in.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PUBLISHED = publishedPackages(ROOT);
const NAMES = PUBLISHED.map(({ manifest }) => manifest.name);
const TOOLS = ["typescript", "@types/node", "fastify"] as const;
const NODES = ["22.19.0", "24.21.0"] as const;
const REPOSITORY = "https://git.example/upgrade-halt";

let folder: string;
let packed: readonly Packed[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packages-"));
  packed = packAll(ROOT, join(folder, "tarballs"), REPOSITORY);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What can be imported from the published packages: each export that is a module. */
const SPECIFIERS = PUBLISHED.flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((path) => !path.endsWith(".json"))
    .map((path) => `${manifest.name}${path.slice(1)}`),
);

/** Zod's own namespace, given on. */
const ZOD = "@upgrade-halt/contract/zod";

/** An empty project that has the tarballs and what their types need, and nothing of this workspace. */
async function createProject(name: string): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  const local = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const tools = Object.fromEntries(TOOLS.map((tool) => [tool, catalogVersion(tool)]));
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

describe.each(NAMES)("the tarball of %s", (name) => {
  test("has a README without a link that leads out of it", () => {
    const links = [...readmeOf(name).matchAll(/\]\((?!https:|#)([^)]+)\)/g)].map(([, path]) => path);
    expect(links).toEqual([]);
  });

  test("says where its sources are, and where to report a bug", async () => {
    const manifest = await manifestIn(tarballOf(name));
    const own = JSON.parse(readFileSync(join(ROOT, "packages", shortOf(name), "package.json"), "utf8"));
    const directory = `packages/${shortOf(name)}`;
    expect(manifest).toMatchObject({
      description: own.description,
      homepage: `${REPOSITORY}#readme`,
      bugs: { url: `${REPOSITORY}/issues` },
      repository: { type: "git", url: `git+${REPOSITORY}.git`, directory },
    });
  });

  test("has nothing that publint or attw find", async () => {
    await runIn(folder, bin("publint"), tarballOf(name), "--strict");
    await runIn(folder, bin("attw"), tarballOf(name), "--profile", "esm-only");
  });
});

test("an SBOM of each and of the controller, the licences of all and the checksums go along with a release", async () => {
  const out = join(folder, "materials");
  const files = writeMaterials(ROOT, out);
  const boms = files.filter((file) => file.endsWith(".cdx.json"));
  expect(boms).toHaveLength(NAMES.length + 1);
  for (const bom of boms) expect(await bomProblems(readFileSync(join(out, bom), "utf8")), bom).toEqual([]);
  const [sbom = ""] = files.filter((file) => /consumer.*\.cdx\.json$/.test(file));
  const { bomFormat, components } = JSON.parse(readFileSync(join(out, sbom), "utf8"));
  expect(bomFormat).toBe("CycloneDX");
  const parts = components.map(({ name }: { readonly name: string }) => name).toSorted();
  expect(parts).toEqual(["commander", "contract", "undici", "zod"]);
  const licences = readFileSync(join(out, "LICENCES.txt"), "utf8");
  for (const line of [/^undici \S+ MIT$/m, /^node 24\.\S+ MIT$/m]) expect(licences).toMatch(line);
  const [ofController = ""] = boms.filter((bom) => bom.includes("mini-controller"));
  const shipped = JSON.parse(readFileSync(join(out, ofController), "utf8")).components.map(
    ({ group, name }: { readonly group?: string; readonly name: string }) =>
      group ? `${group}/${name}` : name,
  );
  expect(shipped).toEqual(expect.arrayContaining(["prom-client", "@kubernetes/client-node"]));
  for (const name of shipped) expect(licences).toContain(`${name} `);
  await runIn(out, "sha256sum", "--check", "--quiet", "SHA256SUMS");
});

test("the reports of the public types are those of the built packages", () => {
  const stale = apiReports(ROOT).filter(({ text, committed }) => text !== committed);
  expect(
    stale.map(({ file }) => file),
    "run `pnpm run api:record`",
  ).toEqual([]);
});

test("the reference is what their docstrings say, and each export has one", async () => {
  await runIn(ROOT, process.execPath, "release/api-docs/src/main.ts");
});

test("without an address of the repository a manifest names none", async () => {
  for (const { manifest, tarball } of packAll(ROOT, join(folder, "nowhere"))) {
    const { homepage, bugs, repository } = await manifestIn(tarball);
    expect({ homepage, bugs, repository }, manifest.name).toEqual({});
  }
});

test("another checkout packs the same bytes", async () => {
  const clone = join(folder, "clone");
  await runIn(folder, "git", "clone", "--quiet", ROOT, clone);
  const changed = (await runIn(ROOT, "git", "status", "--porcelain")).trim();
  expect(changed, "commit first: the other checkout has only what is committed").toBe("");
  await pnpm(clone, "install", "--frozen-lockfile", "--offline");
  const others = packAll(clone, join(folder, "others"), REPOSITORY);
  expect(digests(others)).toEqual(digests(packed));
});

test.each(SPECIFIERS)("%s has each of its functions in the README", async (specifier) => {
  const name = specifier.split("/", 2).join("/");
  const { exports = {} } = PUBLISHED.find(({ manifest }) => manifest.name === name)?.manifest ?? {};
  const target = exports[`.${specifier.slice(name.length)}`] as { readonly default: string };
  const module: object = await import(join(ROOT, "packages", shortOf(name), target.default));
  const functions = Object.entries(module).filter(([, value]) => typeof value === "function");
  const readme = readmeOf(name);
  expect(readme).toContain(specifier);
  if (specifier !== ZOD) expect(functions.length).toBeGreaterThan(0);
  expect(functions.map(([key]) => key).filter((key) => !readme.includes(key))).toEqual([]);
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

  test("type-checks the code of each README and docstring", async () => {
    const files = readmeFiles();
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

  test.each(NODES)("runs the code of each README and docstring on Node %s", async (version) => {
    const files = [...readmeFiles(), ...usesOf()];
    for (const { file, code } of files) await writeFile(join(project, file), code);
    await writeFile(
      join(project, "run.mjs"),
      files.map(({ file }) => `await import("./${file}");\n`).join(""),
    );
    await runIn(project, await nodeOf(version), "--no-warnings", "run.mjs");
  });

  test.each(NODES)("imports and requires every export on Node %s", async (version) => {
    await expectLoaded(project, SPECIFIERS, version);
  });

  test.each(PUBLISHED.map(({ manifest }) => [manifest.name, oldestNodeOf(manifest)] as const))(
    "imports and requires %s on the oldest Node that it says it takes, %s",
    async (name, version) => {
      const own = SPECIFIERS.filter((one) => one === name || one.startsWith(`${name}/`));
      await expectLoaded(project, own, version);
    },
  );

  test.each(NODES)("runs the command on Node %s", async (version) => {
    const command = join(project, "node_modules", "@upgrade-halt", "consumer", "bin", "upgrade-halt.js");
    const node = await nodeOf(version);
    expect(await runIn(project, node, command, "explain", "70")).toContain("upgrade_required");
    const commit = (await runIn(ROOT, "git", "rev-parse", "HEAD")).trim();
    expect(await runIn(project, node, command, "--version")).toMatch(
      new RegExp(`^upgrade-halt \\S+ \\(contract \\S+, commit ${commit}(-dirty)?\\)\\n$`),
    );
  });
});

/** The first release that `engines` lets in. */
function oldestNodeOf({ name, engines }: Manifest): string {
  const [, oldest] = /^>=(\d+\.\d+)$/.exec(engines?.node ?? "") ?? [];
  if (oldest === undefined) throw new Error(`${name} does not say from which Node on it runs`);
  return `${oldest}.0`;
}

async function expectLoaded(project: string, specifiers: readonly string[], version: string): Promise<void> {
  const node = await nodeOf(version);
  const load = specifiers.map((one) => `await import("${one}"); require("${one}");`).join("\n");
  const script = `import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    ${load}
    console.log("loaded", process.version);`;
  await writeFile(join(project, "load.mjs"), script);
  expect(await runIn(project, node, "load.mjs")).toBe(`loaded v${version}\n`);
}

function bin(name: string): string {
  return join(ROOT, "e2e", "node_modules", ".bin", name);
}

function digests(tarballs: readonly Packed[]): readonly (readonly [string, string])[] {
  return tarballs.map(({ manifest, integrity }) => [manifest.name, integrity]);
}

function tarballOf(name: string): string {
  const found = packed.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`no tarball of ${name} was packed`);
  return found.tarball;
}

async function manifestIn(tarball: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await runIn(folder, "tar", "-xzOf", tarball, "package/package.json"));
}

function readmeOf(name: string): string {
  return readFileSync(join(ROOT, "packages", shortOf(name), "README.md"), "utf8");
}

const shortOf = (name: string): string => name.replace(/^.*\//, "");

/** The TypeScript that each README shows, and each example of a docstring, a file a block. */
function readmeFiles(): readonly { readonly file: string; readonly code: string }[] {
  const readmes = NAMES.flatMap((name) => filesOf(shortOf(name), readmeOf(name), /^```ts\n(.*?)^```$/gms));
  const pages = globSync("docs/api/reference/*.md", { cwd: ROOT }).toSorted();
  const examples = pages.flatMap((page) =>
    filesOf(basename(page, ".md"), readFileSync(join(ROOT, page), "utf8"), EXAMPLE),
  );
  return [...readmes, ...examples.map(({ file, code }) => ({ file: `example-${file}`, code }))];
}

const EXAMPLE = /^#+ Example\n\n```ts\n(.*?)^```$/gms;

function filesOf(
  name: string,
  text: string,
  block: RegExp,
): readonly { readonly file: string; readonly code: string }[] {
  return [...text.matchAll(block)].map(([, code = ""], i) => ({ file: `${name}-${i}.ts`, code }));
}

/** Programs that call what the READMEs' code exports, and end with 0 only where it does what it says. */
function usesOf(): readonly { readonly file: string; readonly code: string }[] {
  const uses = globSync("uses/*.mjs", { cwd: import.meta.dirname }).map((file) =>
    join(import.meta.dirname, file),
  );
  return uses.map((path) => ({ file: `use-${shortOf(path)}`, code: readFileSync(path, "utf8") }));
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
