import { homedir } from "node:os";
import { join } from "node:path";

/** The release that `go.mod` pins; it names the cache folder. */
export const COMPOSE_VERSION = "v2.40.3";

/** Where the build puts the plug-in for `docker compose`: under `XDG_CACHE_HOME` or `~/.cache`, one per version. */
export function composePath(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "docker-compose", COMPOSE_VERSION, "docker-compose");
}
