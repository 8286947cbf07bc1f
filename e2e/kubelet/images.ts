import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveImages, type ImageConfig } from "../harness/image-archive.ts";
import { pausePath } from "./programs.ts";

/** Where the checkout is in every container. */
export const TREE_INSIDE = "/mnt/tree";
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10";
export const PLAN = { name: "v6.7", height: 240_000_000 } as const;

/** The image of the guide that lacks the handler of the plan, and the one that has it. */
export const OLD_IMAGE = "ghcr.io/sei-protocol/sei:v6.3.0";
export const NEW_IMAGE = "ghcr.io/sei-protocol/sei:v6.7.0";

const NODE = `${TREE_INSIDE}/node_modules/node/bin/node`;
const PROGRAMS: Readonly<Record<string, string>> = {
  seid: `exec ${NODE} ${TREE_INSIDE}/apps/mock-node/bin/mock-node.js "$@" --home /data --plans /node/plans.json \\
  --block-time 100ms --handlers "$HANDLERS" --initial-height "\${INITIAL_HEIGHT:-${PLAN.height - 10}}"`,
  "upgrade-halt": `exec ${NODE} ${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js "$@"`,
};
const LINKS = ["bin", "sbin", "lib", "lib64"];

function nodeImage(image: string, handlers: string): ImageConfig {
  const env = { PATH: "/node/bin:/usr/sbin:/usr/bin", MOCK_NODE_IMAGE: image, HANDLERS: handlers };
  return { Entrypoint: ["seid"], Env: Object.entries(env).map(([name, value]) => `${name}=${value}`) };
}

const IMAGES: Readonly<Record<string, ImageConfig>> = {
  [PAUSE_IMAGE]: { Entrypoint: ["/pause"] },
  [OLD_IMAGE]: nodeImage(OLD_IMAGE, "none"),
  [NEW_IMAGE]: nodeImage(NEW_IMAGE, PLAN.name),
};

/** What a real node is given to run. */
export interface NodeImages {
  /** Writes archives of images, as `ctr images import` takes them, below a folder; their paths. */
  readonly write: (folder: string) => readonly string[];
  /** Folders of this machine that every container has beside its image, by where it has them. */
  readonly shared: Readonly<Record<string, string>>;
}

/** The images of the mock node hold no more than scripts and a pause: the rest is this machine's. */
export const MOCK_NODES: NodeImages = {
  write: (folder) => [writeImages(folder)],
  shared: { "/usr": "/usr", [TREE_INSIDE]: join(import.meta.dirname, "..", "..") },
};

function writeImages(folder: string): string {
  const root = join(folder, "root");
  write(join(root, "node/plans.json"), JSON.stringify([{ ...PLAN, info: "" }]));
  for (const [name, script] of Object.entries(PROGRAMS)) {
    const program = join(root, "node/bin", name);
    write(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }
  for (const link of LINKS) symlinkSync(`usr/${link}`, join(root, link));
  copyFileSync(pausePath(), join(root, "pause"));
  return archiveImages(folder, root, IMAGES);
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
