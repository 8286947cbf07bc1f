/**
 * Makes the generations that `test:skew` sets against each other: the past ones from their commits, into a cache folder
 * outside the tree, and a later one from this tree (none with `--past`). What is made already is not made again; one takes some ten seconds.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHANGES, ofTheFuture } from "./future.ts";
import { FUTURE, PAST, ROOT } from "./generations.ts";
import { make, unpack } from "./make.ts";

/** What the programs are built from, and how. */
const BUILT_FROM = /^(packages|apps\/mini-controller|apps\/mock-node|patches)\/|^[^/]+\.(json|yaml)$/;
const PACKAGES = ["@upgrade-halt/mini-controller", "@upgrade-halt/mock-node", "@upgrade-halt/consumer"];
const MORE = ["--filter=@upgrade-halt/mini-controller", "run", "crds"];

for (const generation of PAST)
  make({ ...generation, packages: PACKAGES }, generation.commit ?? "", (folder) =>
    unpack(generation, folder),
  );
if (!process.argv.includes("--past")) makeLater();

function makeLater(): void {
  const sources = sourcesOfTree();
  const digest = digestOf(sources.filter((file) => BUILT_FROM.test(file)));
  make({ ...FUTURE, packages: PACKAGES, more: MORE }, digest, (folder) => {
    for (const file of sources) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(folder, file));
    }
    for (const file of new Set(CHANGES.map((change) => change.file))) {
      writeFileSync(join(folder, file), ofTheFuture(file, readFileSync(join(ROOT, file), "utf8")));
    }
  });
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
