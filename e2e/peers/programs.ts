import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The programs that the peers' tests run: the Go module that each is built by, which pins its versions, and the package. */
export const PROGRAMS = {
  cometbft: { module: "go", package: "github.com/cometbft/cometbft/cmd/cometbft" },
  peer: { module: "go", package: "./peer" },
  operator: { module: "operator", package: "." },
} as const;
export type PeerProgram = keyof typeof PROGRAMS;

/** The folder of a Go module of this folder. */
export function moduleFolder(module: string): string {
  return join(import.meta.dirname, module);
}

/** Where a build goes: under `XDG_CACHE_HOME` or `~/.cache`, in a folder that is named after all that it is built from. */
export function cacheFolder(module: string, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = moduleFolder(module);
  const sources = globSync("{go.mod,go.sum,*.go,peer/*.go}", { cwd: folder }).sort();
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(join(folder, source)));
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "peers", hash.digest("hex").slice(0, 16));
}

/** Path of a program that was built. Throws an error that says how to build it, when it wasn't. */
export function pathOf(program: PeerProgram): string {
  const path = join(cacheFolder(PROGRAMS[program].module), program);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`node e2e/peers/build.ts\``);
  return path;
}
