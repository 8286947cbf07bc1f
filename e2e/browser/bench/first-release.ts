import { homedir } from "node:os";
import { join } from "node:path";
import { PAST } from "../../skew/generations.ts";
import { make, unpack } from "../../skew/make.ts";

/** The sandbox of the first release: the folder that its programs lie in, below a cache. It is made once, in half a minute. */
export function makeFirstRelease(): { readonly name: string; readonly folder: string } {
  const [{ name, commit = "" } = { name: "none" }] = PAST;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "upgrade-halt", "sandbox");
  const folder = join(cache, commit);
  const release = { name: `release of ${name}`, folder, commit };
  make({ ...release, packages: ["@upgrade-halt/sandbox"] }, commit, (place) => unpack(release, place));
  return release;
}
