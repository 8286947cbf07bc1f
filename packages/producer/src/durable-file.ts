import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { StepObserver } from "./halt-steps.ts";

export interface DurableFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits, whatever the umask. */
  readonly mode: number;
}

/**
 * Returns only when the file is whole on disk under its name: written beside it, synced, renamed, its
 * folder synced. Readers see the old file or the new one, never a part. A file that has these bytes already is
 * only synced, so a node that restarts on a full disk can still say what it said before.
 * Throws what the file system threw; the file beside it is then gone.
 */
export function writeDurably({ path, bytes, mode }: DurableFile, onStep: StepObserver): void {
  const folder = dirname(path);
  if (!syncIfEqual(path, bytes)) {
    // One name for all attempts: what a killed attempt left is overwritten by the next.
    const temporary = join(folder, `.${basename(path)}.tmp`);
    try {
      writeAndSync(temporary, bytes, mode, onStep);
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw cause;
    }
    onStep("artifact-renamed");
  }
  syncFolder(folder);
  onStep("artifact-listed");
}

function writeAndSync(path: string, bytes: Uint8Array, mode: number, onStep: StepObserver): void {
  const file = openSync(path, "w", mode);
  try {
    fchmodSync(file, mode);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    onStep("artifact-written");
    fsyncSync(file);
    onStep("artifact-synced");
  } finally {
    closeSync(file);
  }
}

function syncIfEqual(path: string, bytes: Uint8Array): boolean {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return false;
  }
  try {
    if (!readFileSync(file).equals(bytes)) return false;
    fsyncSync(file);
    return true;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
