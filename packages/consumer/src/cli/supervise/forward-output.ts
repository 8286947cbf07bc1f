import type { Readable } from "node:stream";
import type { Taker } from "./output-pipe.ts";

/** What gives bytes on, and what it reads them from once that is known. */
export interface Forwarding {
  readonly take: Taker;
  readonly readFrom: (from: Readable) => void;
  /** Only shows from now on what cannot be written. Whether that is the case. */
  readonly drop: () => boolean;
}

/**
 * Shows bytes to `see` and writes them to `to`, one piece at a time: what cannot be written yet is not read. A piece that fails to
 * be written is lost, and the next one is tried again; only where nobody reads `to` any more, the reading ends. `hold` is told
 * whether the reading waits.
 */
export function forwardOutput(
  to: NodeJS.WritableStream,
  see: (bytes: Uint8Array) => void,
  hold: (isHeld: boolean) => void = () => {},
): Forwarding {
  const isCopied = !hasDescriptor(to);
  let source: Readable | undefined;
  let isWaiting = false;
  let isDropping = false;
  /** Of what was given on, and not of what else is written to the same stream. */
  let unwritten = 0;
  const written = (): void => {
    unwritten -= 1;
    if (!isWaiting || unwritten > 0) return;
    isWaiting = false;
    hold(false);
    source?.resume();
  };
  return {
    take: (bytes) => {
      see(bytes);
      if (isDropping) return true;
      unwritten += 1;
      to.write(isCopied ? Buffer.from(bytes) : bytes, written);
      isWaiting = isHolding(to);
      hold(isWaiting);
      return !isWaiting;
    },
    readFrom: (from) => {
      source = from;
      // Where nobody reads on, the command is told as it would be without us: by a broken pipe. A full disk may have room again.
      to.on("error", ({ code }: NodeJS.ErrnoException) => {
        if (code === "EPIPE") from.destroy();
      });
    },
    drop: () => {
      isDropping = isWaiting;
      if (isDropping) {
        hold(false);
        source?.resume();
      }
      return isDropping;
    },
  };
}

/** A pipe, a file or a terminal: it holds no bytes that it was given once it has written them. */
function hasDescriptor(to: NodeJS.WritableStream): boolean {
  return "fd" in to && typeof to.fd === "number";
}

function isHolding(to: NodeJS.WritableStream): boolean {
  return "writableLength" in to && typeof to.writableLength === "number" && to.writableLength > 0;
}
