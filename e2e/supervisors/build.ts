/**
 * Installs supervisord and pm2 from their registries into a cache folder outside the tree; the others are Debian's packages
 * `runit`, `s6`, `daemontools`, `tini`, `dumb-init` and `catatonit`. What is cached is not installed again.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { installed } from "./programs.ts";

for (const { what, folder, commands } of Object.values(installed)) {
  if (existsSync(folder)) continue;
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  process.stderr.write(`${what}: installing ...\n`);
  for (const [file, ...args] of commands(unfinished)) {
    const { status, error } = spawnSync(file, args, { stdio: ["ignore", 2, "inherit"] });
    if (status === 0) continue;
    process.stderr.write(`${what}: ${file} failed (${error?.message ?? status})\n`);
    process.exit(1);
  }
  renameSync(unfinished, folder);
}
