import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { OWN_NODE } from "@upgrade-halt/executable";
import { PLAN_NAME } from "../chains/halting-chain.ts";
import { builtProgram } from "../chains/programs.ts";
import { copyLibrariesOf, copyProgram } from "../docker/runtime-files.ts";
import { archiveImages } from "../harness/image-archive.ts";
import { type NodeImages, PAUSE_IMAGE } from "./images.ts";
import { oneFilePath, pausePath } from "./programs.ts";

/** Images of a real node, the release that lacks the handler of the plan and the one that has it. */
export const OLD_RELEASE = "registry.example.org/seid:v8";
export const NEW_RELEASE = "registry.example.org/seid:v9";
/** The image of the command, as apps/executable builds it. */
export const COMMAND_IMAGE = "upgrade-halt:0.0.0";

/** Images that have their own files alone, as any machine would pull them. */
export const CHAIN_NODES: NodeImages = {
  shared: {},
  write: (folder) => [writeNode(join(folder, "node")), writeCommand(join(folder, "command"))],
};

/** The node is linked with the C library alone; the C++ one is there as in any Debian or Ubuntu that has apt. */
function writeNode(folder: string): string {
  const root = join(folder, "root");
  copyProgram(root, builtProgram("simd"), "/usr/bin/seid");
  copyLibrariesOf(root, OWN_NODE);
  copyFileSync(pausePath(), join(root, "pause"));
  mkdirSync(join(root, "tmp"));
  const node = (handlers: string) => ({
    Entrypoint: ["seid", "start"],
    Env: ["PATH=/usr/bin", `UPGRADE_HANDLERS=${handlers}`],
  });
  return archiveImages(folder, root, {
    [PAUSE_IMAGE]: { Entrypoint: ["/pause"] },
    [OLD_RELEASE]: node(""),
    [NEW_RELEASE]: node(PLAN_NAME),
  });
}

/** As apps/executable/Dockerfile says. */
function writeCommand(folder: string): string {
  const root = join(folder, "root");
  copyProgram(root, oneFilePath(), "/usr/bin/upgrade-halt");
  return archiveImages(folder, root, {
    [COMMAND_IMAGE]: { Entrypoint: ["/usr/bin/upgrade-halt"], User: "65532:65532" },
  });
}
