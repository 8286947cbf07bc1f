import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** A pipe as a shell makes one: what is written into `into`, a file descriptor, is given to who takes it; `from` tells its end. */
export interface OutputPipe {
  readonly into: number;
  readonly from: Readable;
}

/** As much as a pipe of Linux holds, in bytes. */
const PIPE_BYTES = 65_536;

/** Is given bytes that change once it returns; `false` stops more from coming until the stream is resumed. */
export type Taker = (bytes: Uint8Array) => boolean;

/**
 * Makes a pipe for a child's output. Node's own are sockets, which a child can't open as `/dev/stdout` or `/dev/stderr`,
 * and which tell it of a reader that left by another error than a pipe does. `undefined` where none can be made: there is
 * no `mkfifo`, or no folder to write to.
 */
export function outputPipe(take: Taker): OutputPipe | undefined {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "upgrade-halt-"));
    const path = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", path], { stdio: "ignore" });
    const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const into = openSync(path, constants.O_WRONLY);
    // All that is read goes through one buffer: nothing is allocated for it, however much it is.
    const onread = {
      buffer: Buffer.allocUnsafe(PIPE_BYTES),
      callback: (length: number, bytes: Uint8Array) => take(bytes.subarray(0, length)),
    };
    return { into, from: new Socket({ fd: reading, readable: true, writable: false, onread }) };
  } catch {
    return undefined;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves writing to those that inherited it, so that the pipe ends with the last of them. */
export function releaseInto(pipe: OutputPipe | undefined): void {
  if (pipe !== undefined) closeSync(pipe.into);
}
