/**
 * Makes the generations that `test:skew` sets against each other: the past ones from their commits, into a cache folder
 * outside the tree, and a later one from this tree. What is made already is not made again; one takes some ten seconds.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHANGES, ofTheFuture } from "./future.ts";
import { FUTURE, type Generation, PAST, ROOT } from "./generations.ts";

const MADE = ".made";
/** What the programs are built from, and how. */
const BUILT_FROM = /^(packages|apps\/mini-controller|apps\/mock-node|patches)\/|^[^/]+\.(json|yaml)$/;
const PACKAGES = ["@upgrade-halt/mini-controller", "@upgrade-halt/mock-node", "@upgrade-halt/consumer"];

for (const generation of PAST)
  make(generation, generation.commit ?? "", (folder) => unpack(generation, folder));
const sources = sourcesOfTree();
make(FUTURE, digestOf(sources.filter((file) => BUILT_FROM.test(file))), (folder) => {
  for (const file of sources) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  for (const file of new Set(CHANGES.map((change) => change.file))) {
    writeFileSync(join(folder, file), ofTheFuture(file, readFileSync(join(ROOT, file), "utf8")));
  }
});

/** Fills a folder, installs it and builds its programs, unless it holds the same already. */
function make({ name, folder }: Generation, content: string, fill: (folder: string) => void): void {
  const made = join(folder, MADE);
  if (existsSync(made) && readFileSync(made, "utf8") === content) return;
  process.stderr.write(`${name}: making it ...\n`);
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  fill(unfinished);
  const filters = PACKAGES.map((one) => `--filter=${one}...`);
  pnpm(unfinished, "install", "--frozen-lockfile", "--ignore-scripts", "--prefer-offline", ...filters);
  pnpm(unfinished, ...filters, "run", "build");
  if (folder === FUTURE.folder) pnpm(unfinished, "--filter=@upgrade-halt/mini-controller", "run", "crds");
  writeFileSync(join(unfinished, MADE), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

/** The files of a commit, from this clone's history. */
function unpack({ name, commit = "" }: Generation, folder: string): void {
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

/** The files of this tree that its packages and programs are made of, as they are now. */
function sourcesOfTree(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\0").filter((file) => file !== "" && existsSync(join(ROOT, file)));
}

function digestOf(files: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(CHANGES));
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
