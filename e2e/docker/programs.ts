import { homedir } from "node:os";
import { join } from "node:path";

/** The release of Compose that `go.mod` pins, and with it the one of Buildx; it names the cache folder. */
export const COMPOSE_VERSION = "v2.40.3";

/** The plug-ins of the `docker` command line that the suite needs. */
export const PLUGINS = ["docker-compose", "docker-buildx"] as const;

/** Where the build puts a plug-in: under `XDG_CACHE_HOME` or `~/.cache`, one folder per version. */
export function pluginPath(plugin: (typeof PLUGINS)[number]): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "docker-compose", COMPOSE_VERSION, plugin);
}
