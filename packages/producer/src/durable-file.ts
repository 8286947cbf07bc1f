import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { StepObserver } from "./halt-steps.ts";

/** A file that must be whole on disk before anybody learns of a halt. */
export interface DurableFile {
  /** Its folder must exist. */
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
    for (let tries = 1; !replace({ path, bytes, mode }, onStep); tries += 1)
      if (tries === MOST_TRIES) throw new Error(`its temporary file was taken away ${tries} times`);
    onStep("artifact-renamed");
  }
  syncFolder(folder);
  onStep("artifact-listed");
}

/** Another process that writes the same file takes each temporary file for a left-over, and is soon done. */
const MOST_TRIES = 100;

/** `false` where the temporary file was taken away. */
function replace({ path, bytes, mode }: DurableFile, onStep: StepObserver): boolean {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  removeLeftOvers(folder, prefix);
  const temporary = join(folder, `${prefix}${randomBytes(8).toString("hex")}.tmp`);
  try {
    writeAndSync(temporary, bytes, mode, onStep);
    renameSync(temporary, path);
    return true;
  } catch (cause) {
    if (isMissing(cause, "rename")) return false;
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function isMissing(cause: unknown, syscall: string): boolean {
  return (
    cause instanceof Error &&
    "code" in cause &&
    cause.code === "ENOENT" &&
    "syscall" in cause &&
    cause.syscall === syscall
  );
}

/** Removes what killed attempts left, so that they fill no disk. A link goes, and never what it points at. */
function removeLeftOvers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !/^(?:[0-9a-f]{16}\.)?tmp$/.test(name.slice(prefix.length))) continue;
    try {
      unlinkSync(join(folder, name));
    } catch {
      // It is in nobody's way: the next name is another.
    }
  }
}

/** Creates the file, and follows nothing that somebody put in its place. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

function writeAndSync(path: string, bytes: Uint8Array, mode: number, onStep: StepObserver): void {
  const file = openSync(path, CREATE, mode);
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
    // A link, a pipe or a device is never the file that was written here.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
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
