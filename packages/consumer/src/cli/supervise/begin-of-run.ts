import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Where systemd tells journald the invocation of each unit, from the begin of the run to its end. */
const UNITS = "/run/systemd/units";

/** When systemd began the run of this invocation, in ms. `undefined` where that is not told: systemd 252 tells it of system units alone. */
export async function beginOfRun(invocation: string, folder = UNITS): Promise<number | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith("invocation:")) continue;
    const path = join(folder, name);
    if ((await readlink(path).catch(() => undefined)) === invocation) return (await lstat(path)).mtimeMs;
  }
  return undefined;
}
