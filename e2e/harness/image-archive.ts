import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What an image says of its containers, as far as the suites need it. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
}

/**
 * Writes an archive of images, as `docker load` and `ctr images import` take it, into `folder`; its path. The images, by tag, have
 * the files below `root` as their one layer.
 */
export function archiveImages(
  folder: string,
  root: string,
  images: Readonly<Record<string, ImageConfig>>,
): string {
  const layer = join(folder, "layer.tar");
  archive(layer, root, ["."]);
  const diffId = `sha256:${createHash("sha256").update(readFileSync(layer)).digest("hex")}`;
  const manifest = Object.entries(images).map(([tag, config], index) => {
    const rootfs = { type: "layers", diff_ids: [diffId] };
    const document = { architecture: architecture(), os: "linux", config, rootfs };
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(document));
    return { Config: `${index}.json`, RepoTags: [tag], Layers: ["layer.tar"] };
  });
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const target = join(folder, "images.tar");
  archive(target, folder, ["manifest.json", "layer.tar", ...manifest.map(({ Config }) => Config)]);
  return target;
}

function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

function archive(target: string, folder: string, files: readonly string[]): void {
  execFileSync("tar", ["--owner=0", "--group=0", "-C", folder, "-cf", target, ...files]);
}
