import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** Copies a program, and the libraries that it is linked with to where they are here, below `root`. */
export function copyProgram(root: string, program: string, target = program): void {
  copy(realpathSync(program), join(root, target));
  copyLibrariesOf(root, program);
}

/** Copies the libraries that a program is linked with to where they are here below `root`. */
export function copyLibrariesOf(root: string, program: string): void {
  for (const library of librariesOf(program)) copy(library, join(root, library));
}

/** Copies libraries that this machine has beside its C library to there below `root`. */
export function copyLibraries(root: string, names: readonly string[]): void {
  const library = librariesOf(process.execPath).find((path) => basename(path) === "libc.so.6") ?? "";
  for (const name of names) {
    const path = join(dirname(library), name);
    copy(path, join(root, path));
  }
}

function librariesOf(program: string): readonly string[] {
  const linked = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...linked.matchAll(/\/\S+(?= \(0x)/g)].map(([path]) => path);
}

/**
 * Copies a package of the tree and what it depends on at run time, each to where it is in the tree, to below `target`. The links
 * between them are relative, and lead to the copies.
 */
export function copyPackage(tree: string, name: string, target: string): void {
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const to = join(target, relative(tree, folder));
    cpSync(folder, to, { recursive: true, filter: (source) => source !== join(folder, "node_modules") });
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const link = linkTo(dependency, folder);
      if (lstatSync(link).isSymbolicLink()) copyLink(link, join(target, relative(tree, link)));
      visit(realpathSync(link));
    }
  };
  visit(realpathSync(join(tree, name)));
}

/** Where Node finds a dependency of what is in this folder. */
function linkTo(dependency: string, folder: string): string {
  const link = join(folder, "node_modules", dependency);
  if (existsSync(link)) return link;
  if (folder === "/") throw new Error(`${dependency} is not installed`);
  return linkTo(dependency, dirname(folder));
}

function copy(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}

function copyLink(source: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(readlinkSync(source), target);
}
