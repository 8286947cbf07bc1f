import { constants, openSync } from "node:fs";

/**
 * Opens a file with these flags, or makes it. On a read-only disk the file is opened for reading, so that a halted node
 * can still say what it said; whatever it then tries to append fails with EBADF.
 */
export function openToAppend(path: string, flags: number): number {
  try {
    return openSync(path, flags | constants.O_CREAT, 0o644);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EROFS")) throw cause;
    return openSync(path, constants.O_RDONLY);
  }
}
