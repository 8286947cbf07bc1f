import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { copyPackage, copyProgram } from "../docker/runtime-files.ts";
import { imageOf } from "../harness/fixtures/mock-nodes.ts";
import { archiveImages } from "../harness/image-archive.ts";
import { PAUSE_IMAGE } from "../kubelet/images.ts";
import { pausePath } from "../kubelet/programs.ts";

const TREE = join(import.meta.dirname, "../..");
const TREE_INSIDE = "/opt/upgrade-halt";

/** Writes an archive of the mock node's images, each with all that it runs on, and of the pause of each pod; its path. */
export function writeNodeImages(folder: string, versions: readonly string[]): string {
  const root = join(folder, "root");
  copyProgram(root, process.execPath, "/usr/bin/node");
  copyPackage(TREE, "apps/mock-node", join(root, TREE_INSIDE));
  copyFileSync(pausePath(), join(root, "pause"));
  mkdirSync(join(root, "tmp"));
  const Entrypoint = ["/usr/bin/node", `${TREE_INSIDE}/apps/mock-node/bin/mock-node.js`];
  const nodes = versions.map((version) => {
    const image = imageOf(version);
    return [image, { Entrypoint, Env: [`MOCK_NODE_IMAGE=${image}`] }] as const;
  });
  return archiveImages(folder, root, {
    [PAUSE_IMAGE]: { Entrypoint: ["/pause"] },
    ...Object.fromEntries(nodes),
  });
}
