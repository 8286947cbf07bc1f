import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runIn } from "../../e2e/packages/run-in.ts";

/** What an empty project has on disk once it has one dependency. */
export interface Installed {
  /** The dependency and all that it brings along. */
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
}

/** Installs one package by npm into an empty project, `local` giving tarballs in place of what a registry has. */
export async function install(
  folder: string,
  name: string,
  version: string,
  local: Readonly<Record<string, string>> = {},
): Promise<Installed> {
  const project = join(folder, name.replaceAll("/", "-"));
  mkdirSync(project, { recursive: true });
  const manifest = { private: true, dependencies: { [name]: version }, overrides: local };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  await runIn(project, "npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts");
  const modules = join(project, "node_modules");
  const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
  return { packages: Object.keys(lock.packages).length, ...sizeOf(modules) };
}

/** How many files a folder has, and their bytes. */
export function sizeOf(folder: string): Pick<Installed, "files" | "bytes"> {
  const files = filesUnder(folder).map((file) => statSync(file).size);
  return { files: files.length, bytes: files.reduce((sum, size) => sum + size, 0) };
}

/** Node's own recursive reading goes through links, and would count again what they lead to. */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}
