import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * What pnpm is to call as it packs (a pnpmfile): the manifest in the tarball says where the sources are, at the address of
 * `RELEASE_REPOSITORY`. The sources' own manifests name none, so that whoever releases them elsewhere need not change them.
 */
export const hooks = {
  beforePacking(manifest, folder) {
    const address = process.env.RELEASE_REPOSITORY;
    const directory = relative(ROOT, folder).split(sep).join("/");
    return {
      ...manifest,
      homepage: `${address}#readme`,
      bugs: { url: `${address}/issues` },
      repository: { type: "git", url: `git+${address}.git`, directory },
    };
  },
};
