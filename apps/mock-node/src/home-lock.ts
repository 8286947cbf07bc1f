import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { MockNodeError } from "./mock-node-error.ts";

/**
 * Keeps a second node off a home, until this process ends: on Linux by an abstract Unix socket that is named after the
 * folder itself. The kernel takes it back with the process, however that ends, so none is ever stale and nothing is
 * written, also on a read-only disk. It is seen within one network namespace; on other systems there is none. Rejects with
 * `home-in-use`, or with what the kernel refused.
 */
export async function lockHome(folder: string): Promise<void> {
  if (process.platform !== "linux") return;
  const { dev, ino } = statSync(folder, { bigint: true });
  const lock = createServer((socket) => socket.destroy()).unref();
  try {
    await once(lock.listen(`\0mock-node/${dev}/${ino}`), "listening");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) throw cause;
    const message = `another mock-node runs on ${folder}; stop that one, or give --home another folder`;
    throw new MockNodeError("home-in-use", message, { cause });
  }
}
