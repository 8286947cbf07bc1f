import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const PACKAGE = join(import.meta.dirname, "../../apps/executable");
/** Where the build before this suite went. It is under the checkout, which a booted machine sees. */
export const OUT = join(PACKAGE, "out");

/** Makes the executable and the Debian package in a folder. */
export async function buildInto(folder: string, ...options: readonly string[]): Promise<void> {
  const args = [join(PACKAGE, "src/main.ts"), "--out", folder, ...options];
  await promisify(execFile)(process.execPath, args);
}

export const executableIn = (folder: string, architecture: string = process.arch): string =>
  join(folder, `upgrade-halt-linux-${architecture}`);

export function debianIn(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith(".deb"));
  if (name === undefined) throw new Error(`no Debian package is in ${folder}`);
  return join(folder, name);
}
