import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The Go module that builds the peers, with the versions that it pins. */
export const MODULE_FOLDER = join(import.meta.dirname, "go");

/** The programs that the peers' tests run, and the package that each is built from. */
export const PROGRAMS = {
  cometbft: "github.com/cometbft/cometbft/cmd/cometbft",
  peer: "./peer",
} as const;
export type PeerProgram = keyof typeof PROGRAMS;

/** Where a build goes: under `XDG_CACHE_HOME` or `~/.cache`, in a folder that is named after all that it is built from. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const sources = globSync("{go.mod,go.sum,*.go,peer/*.go}", { cwd: MODULE_FOLDER }).sort();
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(join(MODULE_FOLDER, source)));
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "peers", hash.digest("hex").slice(0, 16));
}

/** Path of a program that was built. Throws an error that says how to build it, when it wasn't. */
export function pathOf(program: PeerProgram): string {
  const path = join(cacheFolder(), program);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`node e2e/peers/build.ts\``);
  return path;
}
