import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveImages, type ImageConfig } from "../harness/image-archive.ts";
import { copyPackage, copyProgram } from "./runtime-files.ts";

const TREE = join(import.meta.dirname, "../..");
const TREE_INSIDE = "/opt/upgrade-halt";
export const PLAN = { name: "v6.7", height: 240_000_000 } as const;

/** The image of the guide, which lacks the handler of the plan, and the one that has it. */
export const OLD_IMAGE = "registry.example.org/sei-with-upgrade-halt:v6.3.0";
export const NEW_IMAGE = "registry.example.org/sei-with-upgrade-halt:v6.7.0";

const PROGRAMS = {
  "mock-node": `${TREE_INSIDE}/apps/mock-node/bin/mock-node.js`,
  "upgrade-halt": `${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js`,
};
/** The node begins ten blocks before the plan's, unless `FLAGS` say otherwise. */
const SEID = `#!/bin/sh
exec mock-node "$@" --home /data --plans /etc/plans.json --handlers "$HANDLERS" --block-time 100ms \\
  --initial-height ${PLAN.height - 10} $FLAGS
`;

function nodeImage(image: string, handlers: string): ImageConfig {
  const env = { PATH: "/usr/bin:/bin", MOCK_NODE_IMAGE: image, HANDLERS: handlers };
  return { Env: Object.entries(env).map(([name, value]) => `${name}=${value}`) };
}

/** Writes an archive of both images, as `docker load` takes it, into `folder`; its path. They hold files of this machine alone. */
export function writeImages(folder: string): string {
  const root = join(folder, "root");
  copyTools(root);
  copyPackage(TREE, "apps/mock-node", join(root, TREE_INSIDE));
  symlinkSync(PROGRAMS["mock-node"], join(root, "usr/bin/mock-node"));
  write(join(root, "usr/bin/seid"), SEID);
  chmodSync(join(root, "usr/bin/seid"), 0o755);
  write(join(root, "etc/plans.json"), JSON.stringify([{ ...PLAN, info: "" }]));
  mkdirSync(join(root, "tmp"));
  return archiveImages(folder, root, {
    [OLD_IMAGE]: nodeImage(OLD_IMAGE, "none"),
    [NEW_IMAGE]: nodeImage(NEW_IMAGE, PLAN.name),
  });
}

/** Copies a shell, Node and `upgrade-halt` to below `root`. */
export function copyTools(root: string): void {
  copyProgram(root, process.execPath, "/usr/bin/node");
  copyProgram(root, "/usr/bin/env");
  copyProgram(root, "/bin/sh");
  copyPackage(TREE, "packages/consumer", join(root, TREE_INSIDE));
  symlinkSync(PROGRAMS["upgrade-halt"], join(root, "usr/bin/upgrade-halt"));
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
