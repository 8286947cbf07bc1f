import { homedir } from "node:os";
import { join } from "node:path";

/** The release that `go.mod` pins; it names the cache folder. */
export const COSMOVISOR_VERSION = "v1.5.0";

/** Where the build puts cosmovisor: under `XDG_CACHE_HOME` or `~/.cache`, one per version. */
export function cosmovisorPath(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "cosmovisor", COSMOVISOR_VERSION, "cosmovisor");
}
