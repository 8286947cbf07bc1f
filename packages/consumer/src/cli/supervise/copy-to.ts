import { chmod, copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isSea } from "node:sea";
import type { Command } from "commander";
import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import type { Io } from "../output/io.ts";

/** `upgrade-halt copy-to FOLDER` */
export function addCopyTo(program: Command, io: Io): void {
  program
    .command("copy-to")
    .summary("put this program into a folder, for another container to run")
    .description(
      "Copies this program into a folder as `upgrade-halt`, whole or not at all. An init container of its image needs no shell for that, and puts it next to a node whose image stays as it is.",
    )
    .argument("<folder>", "a folder that both containers mount")
    .addHelpText("after", "\nExamples:\n  $ upgrade-halt copy-to /tools")
    .action(async (folder: string) => void io.stdout.write(`${await copyTo(folder)}\n`));
}

/** The copy is seen under its name only when it is whole: a restarted init container may do it again under a running node. */
async function copyTo(folder: string): Promise<string> {
  if (!isSea())
    throw new ConsumerError(
      "failure",
      "This upgrade-halt is a script that its Node runs, so a copy of it alone would not start. Take the one file, or its image.",
    );
  const target = join(folder, "upgrade-halt");
  const unfinished = `${target}.${process.pid}`;
  try {
    await copyFile(process.execPath, unfinished);
    await chmod(unfinished, 0o755);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new ConsumerError(
      "failure",
      `upgrade-halt can't be copied to ${printable(folder, 200)}: ${printable(String(error), 200)}.`,
      { cause: error },
    );
  }
  return target;
}
