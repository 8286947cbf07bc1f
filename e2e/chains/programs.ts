import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The chains that the suite runs, each by the folder of the Go module that builds its node, and what it is made of. */
export const CHAINS = {
  /** The SDK line that sei-cosmos comes from: halts are panics in BeginBlock. */
  simd: { sdk: "cosmos-sdk v0.45.16", consensus: "CometBFT v0.34.27" },
  /** The newest SDK: halts are errors of a PreBlocker, in wrapped texts. */
  sdk: { sdk: "cosmos-sdk v0.55.0", consensus: "CometBFT v0.40.0" },
} as const;
export type Chain = keyof typeof CHAINS;

/** The folder of the Go module that builds a chain's node. */
export function moduleFolder(chain: Chain): string {
  return join(import.meta.dirname, chain);
}

/** Where the build puts a chain's node: under `XDG_CACHE_HOME` or `~/.cache`, named after all that it is built from. */
export function programPath(chain: Chain, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = moduleFolder(chain);
  const hash = createHash("sha256");
  for (const source of globSync("{go.mod,go.sum,*.go}", { cwd: folder }).sort()) {
    hash.update(readFileSync(join(folder, source)));
  }
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "chains", hash.digest("hex").slice(0, 16), chain);
}

/** Path of a node that was built. Throws an error that says how to build it, when it wasn't. */
export function builtProgram(chain: Chain): string {
  const path = programPath(chain);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`node e2e/chains/build.ts\``);
  return path;
}
