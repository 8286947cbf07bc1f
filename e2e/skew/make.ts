import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Generation, ROOT } from "./generations.ts";

const MADE = ".made";

/** Where something is made, and of which packages with all that they need. */
export interface Making {
  readonly name: string;
  readonly folder: string;
  readonly packages: readonly string[];
  /** What pnpm is told once they are built. */
  readonly more?: readonly string[];
}

/** Fills a folder, installs it and builds its programs, unless it holds the same already. */
export function make(
  { name, folder, packages, more }: Making,
  content: string,
  fill: (folder: string) => void,
): void {
  const made = join(folder, MADE);
  if (existsSync(made) && readFileSync(made, "utf8") === content) return;
  process.stderr.write(`${name}: making it ...\n`);
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  fill(unfinished);
  const filters = packages.map((one) => `--filter=${one}...`);
  pnpm(unfinished, "install", "--frozen-lockfile", "--ignore-scripts", "--prefer-offline", ...filters);
  pnpm(unfinished, ...filters, "run", "build");
  if (more !== undefined) pnpm(unfinished, ...more);
  writeFileSync(join(unfinished, MADE), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

/** The files of a commit, from this clone's history. */
export function unpack({ name, commit = "" }: Pick<Generation, "name" | "commit">, folder: string): void {
  if (spawnSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: ROOT }).status !== 0) {
    // A shallow clone may still get it.
    spawnSync("git", ["fetch", "--quiet", "--depth=1", "origin", commit], { cwd: ROOT, stdio: "ignore" });
  }
  const archive = spawnSync("git", ["archive", "--format=tar", commit], { cwd: ROOT, maxBuffer: 1 << 30 });
  if (archive.status !== 0) {
    fail(
      `${name} is commit ${commit}, and this clone does not have it: run \`git fetch --unshallow\`, or clone without --depth`,
    );
  }
  execFileSync("tar", ["-x", "-C", folder], { input: archive.stdout });
}

function pnpm(cwd: string, ...args: readonly string[]): void {
  // What npm and pnpm tell the programs that they start is about this tree.
  const inherited = Object.entries(process.env).filter(([variable]) => !/^p?npm_/i.test(variable));
  const env = { ...Object.fromEntries(inherited), pnpm_config_verify_deps_before_run: "false" };
  const { status, stdout } = spawnSync("npx", ["--yes", "pnpm@12.21.0", ...args], {
    cwd,
    env,
    encoding: "utf8",
  });
  if (status !== 0) fail(`${cwd}: pnpm ${args.join(" ")} failed (${status}):\n${stdout}`);
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
