import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { bundle } from "./bundle.ts";

/** Where Node looks for the script of a single executable (its documentation, "Single executable applications"). */
const RESOURCE = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const require = createRequire(import.meta.url);
const POSTJECT = join(dirname(require.resolve("postject")), "cli.js");
/** The Node of the workspace, whichever runs this. */
export const OWN_NODE = join(dirname(require.resolve("node/package.json")), "bin/node");

export interface ExecutableOptions {
  /** The Node that it is made of, for whatever machine. */
  readonly node: string;
  readonly target: string;
}

/**
 * Makes one file of a Node and the program, as it was built. The same two give the same bytes.
 *
 * The scripts are not compiled ahead: V8 does not compile them to the same bytes in every environment, and warns at each start
 * where it is given flags other than those of the build.
 */
export async function makeExecutable({ node, target }: ExecutableOptions): Promise<void> {
  const [config, blob, scripts] = [`${target}.json`, `${target}.blob`, `${target}.scripts`];
  const { script, assets } = await bundle(scripts);
  // The script's name is kept in the blob, so it comes without its folder.
  const options = { main: basename(script), assets, output: blob, disableExperimentalSEAWarning: true };
  writeFileSync(config, JSON.stringify(options));
  run(["--experimental-sea-config", config], scripts);
  copyFileSync(node, target);
  chmodSync(target, 0o755);
  run([POSTJECT, target, RESOURCE, blob, "--sentinel-fuse", FUSE], scripts);
  for (const file of [config, blob, scripts]) rmSync(file, { recursive: true });
}

/** Runs the workspace's Node, and shows what it says only where it fails. */
function run(args: readonly string[], cwd: string): void {
  execFileSync(OWN_NODE, args, { cwd, env: {}, stdio: "pipe" });
}

/** Writes beside `file` what `sha256sum --check` reads. */
export function writeChecksum(file: string, name: string): void {
  const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
  writeFileSync(`${file}.sha256`, `${sum}  ${name}\n`);
}
