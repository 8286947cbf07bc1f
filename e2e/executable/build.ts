/** Installs the Node for arm64 into a cache folder outside the tree. What is cached is not installed again. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ARM64_FOLDER, ARM64_NODE } from "./arm64.ts";

if (!existsSync(ARM64_FOLDER)) install();

function install(): void {
  const { name, version, integrity } = ARM64_NODE;
  const unfinished = `${ARM64_FOLDER}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const dependencies = { [name]: version };
  const packages = { "": { dependencies }, [`node_modules/${name}`]: { version, integrity } };
  const write = (file: string, content: object) =>
    writeFileSync(join(unfinished, file), JSON.stringify(content));
  write("package.json", { private: true, dependencies });
  write("package-lock.json", { lockfileVersion: 3, packages });
  process.stderr.write(`${name}: installing ...\n`);
  // It is of another processor than this machine's, which npm would refuse.
  const args = ["ci", "--force", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync("npm", args, { cwd: unfinished, stdio: ["ignore", 2, "inherit"] });
  if (status !== 0) {
    process.stderr.write(`${name}: npm failed (${error?.message ?? status})\n`);
    process.exit(1);
  }
  renameSync(unfinished, ARM64_FOLDER);
}
