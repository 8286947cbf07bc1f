import { join } from "node:path";
import { ReleaseError } from "./release-error.ts";
import { run } from "./run.ts";

/** Makes the command as one file, with what belongs to it, and as a Debian package of a built checkout into a folder. */
export function writeExecutableFiles(root: string, folder: string): void {
  const program = join(root, "apps/executable/src/main.ts");
  const { code, stderr } = run(root, process.execPath, program, "--out", folder);
  if (code !== 0) throw new ReleaseError(`The command can't be made one file: ${stderr.trim()}`);
}
