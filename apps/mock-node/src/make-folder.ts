import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, where they are missing; throws what the file system throws. Not by
 * `mkdir`'s `recursive`: that tries for ever where a parent is there and nothing can be made in it, as in /proc.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    if (isFolder(path)) return;
    const parent = dirname(path);
    const isParentMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (!isParentMissing || isFolder(parent)) throw cause;
    makeFolder(parent);
    mkdirSync(path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
