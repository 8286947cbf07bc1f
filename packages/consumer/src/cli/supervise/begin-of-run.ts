import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Io } from "../output/io.ts";

/** Where the system's manager tells journald the invocation of each unit, from the begin of the run to its end. */
const OF_SYSTEM = "/run/systemd/units";

/** Where systemd tells of the units of the system, and of those of this user. */
export function unitFolders(env: Io["env"]): readonly string[] {
  const ofUser = env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.()}`;
  return [OF_SYSTEM, join(ofUser, "systemd/units")];
}

/** When systemd began the run of this invocation, in ms. `undefined` where that is told in none of the folders. */
export async function beginOfRun(
  invocation: string,
  folders: readonly string[],
): Promise<number | undefined> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.startsWith("invocation:")) continue;
      const path = join(folder, name);
      // A unit that ends takes its link along.
      const told = await Promise.all([readlink(path), lstat(path)]).catch(() => undefined);
      if (told?.[0] === invocation) return told[1].mtimeMs;
    }
  }
  return undefined;
}
