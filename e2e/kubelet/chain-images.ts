import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { OWN_NODE } from "@upgrade-halt/executable";
import { PLAN_NAME } from "../chains/halting-chain.ts";
import { builtProgram, CHAINS, type Chain } from "../chains/programs.ts";
import { copyLibrariesOf, copyProgram } from "../docker/runtime-files.ts";
import { archiveImages } from "../harness/image-archive.ts";
import { type NodeImages, PAUSE_IMAGE } from "./images.ts";
import { oneFilePath, pausePath } from "./programs.ts";

/** Images of a chain's node: the release that lacks the handler of the plan, and the one that has it. */
export function releasesOf(chain: Chain): { readonly old: string; readonly new: string } {
  return { old: `registry.example.org/${chain}/seid:v8`, new: `registry.example.org/${chain}/seid:v9` };
}

/** The image of the command, as apps/executable builds it. */
export const COMMAND_IMAGE = "upgrade-halt:0.0.0";

/** Images that have their own files alone, as any machine would pull them. */
export const CHAIN_NODES: NodeImages = {
  shared: {},
  write: (folder) => [writeNodes(join(folder, "nodes")), writeCommand(join(folder, "command"))],
};

/** The nodes are linked with the C library alone; the C++ one is there as in any Debian or Ubuntu that has apt. */
function writeNodes(folder: string): string {
  const root = join(folder, "root");
  const chains = Object.keys(CHAINS) as Chain[];
  for (const chain of chains) copyProgram(root, builtProgram(chain), `${binOf(chain)}/seid`);
  copyLibrariesOf(root, OWN_NODE);
  copyFileSync(pausePath(), join(root, "pause"));
  mkdirSync(join(root, "tmp"));
  const node = (chain: Chain, handlers: string) => ({
    Env: [`PATH=${binOf(chain)}`, `UPGRADE_HANDLERS=${handlers}`],
  });
  const images = chains.flatMap((chain) => [
    [releasesOf(chain).old, node(chain, "")],
    [releasesOf(chain).new, node(chain, PLAN_NAME)],
  ]);
  return archiveImages(folder, root, {
    [PAUSE_IMAGE]: { Entrypoint: ["/pause"] },
    ...Object.fromEntries(images),
  });
}

function binOf(chain: Chain): string {
  return `/opt/${chain}/bin`;
}

/** As apps/executable/Dockerfile says. */
function writeCommand(folder: string): string {
  const root = join(folder, "root");
  copyProgram(root, oneFilePath(), "/usr/bin/upgrade-halt");
  return archiveImages(folder, root, {
    [COMMAND_IMAGE]: { Entrypoint: ["/usr/bin/upgrade-halt"], User: "65532:65532" },
  });
}
