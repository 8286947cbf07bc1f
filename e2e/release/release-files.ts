import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { filesIn } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { loadCommandBase } from "../docker/command-image.ts";
import { loadControllerBases, onThisNetwork } from "../docker/controller-image.ts";
import { startEngine } from "../docker/engine.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { runIn } from "../packages/run-in.ts";
import type { Checkout } from "./checkout.ts";

/** What is attached to a release: the names of its files, in a folder. */
export interface ReleaseFiles {
  readonly folder: string;
  /** Path of the one file whose name fits. */
  file(name: RegExp): string;
  /** What the program in each image says to `--version`. */
  readonly versions: { readonly controller: string; readonly command: string };
}

/** Makes in a folder what docs/releasing.md says to attach to a release, by the commands that it says. */
export async function writeReleaseFiles(
  checkout: Checkout,
  folder: string,
  repository: string,
): Promise<ReleaseFiles> {
  await mkdir(folder);
  // What an earlier build of a module that is gone left goes to nobody.
  const left = "dist/left.js";
  await mkdir(join(checkout.root, "apps/mini-controller/dist"), { recursive: true });
  await checkout.write(`apps/mini-controller/${left}`, "");
  const made = await checkout.run(`release:materials --out ${folder} --repository ${repository}`);
  expect(made).toMatchObject({ code: 0 });
  const listed = await runIn(folder, "sh", "-c", "tar -tzf mini-controller-*.tgz");
  expect(listed).toContain("/dist/main.js\n");
  expect(listed).not.toContain(left);

  const document = await readFile(join(checkout.root, "docs/releasing.md"), "utf8");
  const cleanup = new Cleanup();
  const versions = { controller: "", command: "" };
  try {
    const engine = await startEngine(cleanup, { hostNetwork: "this-machine" });
    await loadControllerBases(engine);
    await loadCommandBase(engine);
    const versionOf = async (script: string, program: string) => {
      const commands = onThisNetwork(filesIn(document).get(script) ?? "");
      const built = await engine.sh(`set -e; OUT='${folder}'; ${commands}`, checkout.root);
      expect(built).toMatchObject({ code: 0 });
      const image = `$(docker images --quiet 'ghcr.io/upgrade-halt/${program}')`;
      return (await engine.sh(`docker run --rm --read-only --network none ${image} --version`)).output;
    };
    versions.controller = await versionOf("image.sh", "mini-controller");
    versions.command = await versionOf("command-image.sh", "upgrade-halt");
  } finally {
    await cleanup.run();
  }
  await runIn(folder, "sha256sum", "--check", "--quiet", "SHA256SUMS");

  const names = await readdir(folder);
  return {
    folder,
    versions,
    file(name) {
      const [found = "", ...others] = names.filter((one) => name.test(one));
      expect({ name, found, others }).toEqual({ name, found: expect.stringMatching(name), others: [] });
      return join(folder, found);
    },
  };
}
