import { writeSync } from "node:fs";

const NAP = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes a whole line to a file descriptor in one turn, for a scanner at the other end of a pipe to see. A reader
 * that is gone (EPIPE) or that does not read for `patienceMs` does not stop a halt: the answer says whether the
 * line went out whole. For that, a pipe must not block: those of standard output and error are made so here, any other is
 * the caller's to open with O_NONBLOCK.
 */
export function printLine(fd: number, line: string, patienceMs = 1_000): boolean {
  makeNonBlocking(fd);
  const bytes = Buffer.from(`${line}\n`);
  const deadline = performance.now() + patienceMs;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (cause) {
      const isFull = cause instanceof Error && "code" in cause && cause.code === "EAGAIN";
      if (!isFull || performance.now() > deadline) return false;
      Atomics.wait(NAP, 0, 0, 5);
    }
  }
  return true;
}

/** Node sets O_NONBLOCK on a pipe that it was started with when its stream is first used. */
function makeNonBlocking(fd: number): void {
  if (fd === 1) void process.stdout;
  if (fd === 2) void process.stderr;
}
