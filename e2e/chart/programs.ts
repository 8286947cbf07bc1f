import { homedir } from "node:os";
import { join } from "node:path";

/** The release of Helm that `helm/go.mod` pins; it names the cache folder. */
export const HELM_VERSION = "v4.3.1";

/** Where the build puts Helm: under `XDG_CACHE_HOME` or `~/.cache`, one folder per version. */
export function helmPath(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "upgrade-halt", "helm", HELM_VERSION, "helm");
}
