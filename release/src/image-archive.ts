import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bom, imageSbom } from "./image-sbom.ts";
import { ReleaseError } from "./release-error.ts";
import { run } from "./run.ts";

/** The SBOM of the one image in an archive, as `docker save` writes it: made of the files in its layers. */
export function sbomOfArchive(archive: string): Bom {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-image-"));
  try {
    untar(archive, folder);
    const manifests = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
      readonly Config: string;
      readonly RepoTags: readonly string[];
      readonly Layers: readonly string[];
    }[];
    const [manifest, ...others] = manifests;
    if (manifest === undefined || others.length > 0)
      throw new ReleaseError(`${archive} holds ${manifests.length} images: give an archive of one.`);
    const root = join(folder, "root");
    mkdirSync(root);
    for (const layer of manifest.Layers) untar(join(folder, layer), root);
    const digest = createHash("sha256")
      .update(readFileSync(join(folder, manifest.Config)))
      .digest("hex");
    return imageSbom(root, { name: manifest.RepoTags[0] ?? "", digest: `sha256:${digest}` });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function untar(archive: string, folder: string): void {
  const { code, stderr } = run(folder, "tar", "--no-same-owner", "-xf", archive, "-C", folder);
  if (code !== 0) throw new ReleaseError(`${archive} can't be unpacked: ${stderr.trim()}`);
}
