import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn } from "@upgrade-halt/testing";
import { PLAN_NAME } from "../chains/halting-chain.ts";
import { builtProgram, CHAINS, type Chain } from "../chains/programs.ts";
import { archiveImages } from "../harness/image-archive.ts";
import { PAGE } from "../supervisors/table.ts";
import { copyTools } from "./images.ts";
import { copyProgram } from "./runtime-files.ts";

/** How long a node stands before `exec --announce` believes that it does, in ms. */
const STANDSTILL_MS = 2_000;

/** The images of a chain's node behind the script of docs/supervisors.md: without the handler of the plan, and with it. */
export function imagesOf(chain: Chain): { readonly old: string; readonly new: string } {
  return { old: `registry.example.org/${chain}:v8`, new: `registry.example.org/${chain}:v9` };
}

/**
 * Writes an archive of the images of every chain into `folder`; its path. The node's home is /var/lib/sei, and its policy
 * /etc/upgrade-halt/policy.json, as the script has them. The file pid in the home has the process id of the node that was started last.
 */
export function writeChainImages(folder: string): string {
  const root = join(folder, "root");
  copyTools(root);
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  for (const chain of Object.keys(CHAINS) as Chain[])
    copyProgram(root, builtProgram(chain), `/usr/libexec/${chain}`);
  const script = filesIn(PAGE.read()).get("seid-supervised") ?? "";
  writeProgram(
    join(root, "usr/local/bin/seid-supervised"),
    script.replace("--announce", `--announce --standstill ${STANDSTILL_MS}`),
  );
  writeProgram(
    join(root, "usr/bin/seid"),
    '#!/bin/sh\necho $$ > /var/lib/sei/pid\nexec "/usr/libexec/$CHAIN" "$@"\n',
  );
  mkdirSync(join(root, "tmp"));
  const images = (Object.keys(CHAINS) as Chain[]).flatMap((chain) => [
    [imagesOf(chain).old, configOf(chain, "")],
    [imagesOf(chain).new, configOf(chain, PLAN_NAME)],
  ]);
  return archiveImages(folder, root, Object.fromEntries(images));
}

function configOf(chain: Chain, handlers: string) {
  return { Env: ["PATH=/usr/local/bin:/usr/bin:/bin", `CHAIN=${chain}`, `UPGRADE_HANDLERS=${handlers}`] };
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}
