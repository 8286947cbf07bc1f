import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import { bundledLine } from "./bundled.ts";
import { packageOf } from "./package-of.ts";

/** The folder of the consumer, which has the program. */
export const CONSUMER = fileURLToPath(new URL("..", import.meta.resolve("@upgrade-halt/consumer")));

const LOADER = join(import.meta.dirname, "load-chunks.cjs");

/** What the program says to `--version`, with the commit that is checked out. */
export function versionLine(): string {
  const bin = join(CONSUMER, "bin/upgrade-halt.js");
  const line = execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" }).trim();
  return line.replace(
    "commit unknown",
    `commit ${git("describe", "--always", "--abbrev=40", "--exclude=*", "--dirty")}`,
  );
}

/** What git says of the checkout. */
export function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
}

/** Puts in what the modules look for beside themselves at run time: in one file nothing is beside them. */
function inlined(version: string): Plugin {
  const edits: readonly (readonly [file: string, edit: (code: string) => string])[] = [
    [
      "/contract/dist/halt-intent-schema.js",
      (code) => code.replace('createRequire(import.meta.url)("zod")', 'require("zod")'),
    ],
    [
      "/consumer/dist/cli/version.js",
      () => `export const versionLine = (program) => program + ${JSON.stringify(version)};`,
    ],
  ];
  const left = new Set(edits.map(([file]) => file));
  return {
    name: "inlined",
    transform(code, id) {
      const [file, edit] = edits.find(([end]) => id.endsWith(end)) ?? [];
      if (file === undefined || edit === undefined) return null;
      left.delete(file);
      return edit(code);
    },
    buildEnd(error) {
      if (error === undefined && left.size > 0) throw new Error(`not in the bundle: ${[...left].join(", ")}`);
    },
  };
}

/** The packages that modules are of, each as `name@version`. */
function packagesOf(modules: readonly string[]): readonly string[] {
  const packages = modules.filter(isAbsolute).flatMap((module) => packageOf(module) ?? []);
  return [...new Set(packages.map(({ name, version }) => `${name}@${version}`))].toSorted();
}

/** The program as one file has it. */
export interface Bundle {
  /** The CommonJS script that is run, and loads the others. */
  readonly script: string;
  /** The files of the program's chunks, by the names by which they are loaded. */
  readonly assets: Readonly<Record<string, string>>;
}

/**
 * Bundles the program, as it was built, with all that it depends on, into CommonJS scripts in `folder`, which it makes.
 *
 * @throws Error when something in it would still look for a file beside itself.
 */
export async function bundle(folder: string): Promise<Bundle> {
  const build = await rolldown({
    input: join(CONSUMER, "dist/main.js"),
    platform: "node",
    plugins: [inlined(versionLine().replace(/^\S+/, ""))],
  });
  try {
    const minify = { compress: true, mangle: false };
    const names = { entryFileNames: "[name].js", chunkFileNames: "[name].js" };
    const { output } = await build.generate({ format: "cjs", comments: false, minify, ...names });
    const chunks = output.filter((part) => part.type === "chunk");
    for (const { code } of chunks) refuseStrays(code);
    mkdirSync(folder, { recursive: true });
    const script = join(folder, "upgrade-halt.cjs");
    const packages = packagesOf(chunks.flatMap(({ moduleIds }) => moduleIds));
    writeFileSync(script, bundledLine(packages) + readFileSync(LOADER, "utf8"));
    const assets = chunks.map(({ fileName, code }) => {
      const file = join(folder, fileName);
      writeFileSync(file, code);
      return [fileName, file] as const;
    });
    return { script, assets: Object.fromEntries(assets.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
  } finally {
    await build.close();
  }
}

function refuseStrays(code: string): void {
  const strays = /^.*(?:createRequire\(|require\.resolve\(|import\.meta|import_meta).*$/m.exec(code);
  if (strays !== null) throw new Error(`the bundle still asks where it is: ${strays[0].trim()}`);
  const imports = /^.*\bimport\(["'](?!\.).*$/m.exec(code);
  if (imports !== null) throw new Error(`one file can import nothing late: ${imports[0].trim()}`);
}
