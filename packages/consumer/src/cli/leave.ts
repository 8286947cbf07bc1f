import { isSea } from "node:sea";

/** The first argument by which the command line is asked to end with the code that is the second, and for no command. */
export const LEAVE = "--leave-process";
/** How long what was said last has to be read, in ms. */
const WORDS_MS = 1_000;
/** What a thread does that may hang. Node ends no process in order before each of its threads has ended. */
const THREADED = /^(?:FSReq|CloseReq|GetAddrInfo)/;

/**
 * Ends this process with a code, whatever hangs: a reader of its output that is stuck, a disk, a name server. Nobody learns of
 * a halt whose exit code never comes. What was written to `streams` has a second to be read.
 */
export async function leave(code: number, streams: readonly NodeJS.WriteStream[]): Promise<void> {
  await Promise.race([
    Promise.all(streams.map(written)),
    new Promise((resolve) => setTimeout(resolve, WORDS_MS)),
  ]);
  if (process.getActiveResourcesInfo().some((type) => THREADED.test(type))) {
    const end = isSea() ? [LEAVE] : ["-e", "process.exit(Number(process.argv[1]))"];
    // Takes the place of this process, and of all its threads.
    process.execve?.(process.execPath, [process.execPath, ...end, String(code)], {});
  }
  process.exit(code);
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
