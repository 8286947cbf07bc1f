/** Installs Verdaccio and actionlint into cache folders outside the tree. What is cached is not installed again. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACTIONLINT, VERDACCIO } from "./programs.ts";

for (const { name, folder, files, command, environment } of [VERDACCIO, ACTIONLINT]) {
  if (existsSync(folder)) continue;
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(unfinished, file), text);
  process.stderr.write(`${name}: installing ...\n`);
  const [file, ...args] = command;
  const env = { ...process.env, ...environment(unfinished) };
  const { status, error } = spawnSync(file, args, { cwd: unfinished, env, stdio: ["ignore", 2, "inherit"] });
  if (status !== 0) {
    process.stderr.write(`${name}: ${file} failed (${error?.message ?? status})\n`);
    process.exit(1);
  }
  renameSync(unfinished, folder);
}
