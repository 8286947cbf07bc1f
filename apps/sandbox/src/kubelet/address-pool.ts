import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/**
 * Loopback addresses for pods, 127.x.y.1 to .254 under prefixes that this process alone holds on the machine:
 * each prefix is claimed by an abstract Unix socket, which the kernel frees when the process ends.
 * Linux only: elsewhere 127.0.0.1 is the only loopback address.
 */
export class AddressPool {
  readonly #locks: Server[] = [];
  readonly #free: string[] = [];

  /** The next address; those given back are used again last. @throws when no prefix can be claimed. */
  async take(): Promise<string> {
    const address = this.#free.shift();
    if (address !== undefined) return address;
    const prefix = await this.#claimPrefix();
    for (let last = 1; last <= 254; last += 1) this.#free.push(`${prefix}.${last}`);
    return this.take();
  }

  give(address: string): void {
    this.#free.push(address);
  }

  /** Lets go of every prefix. */
  close(): void {
    for (const lock of this.#locks.splice(0)) lock.close();
    this.#free.length = 0;
  }

  async #claimPrefix(): Promise<string> {
    for (let attempt = 0; attempt < 64; attempt += 1) {
      const prefix = `127.${randomInt(16, 250)}.${randomInt(0, 256)}`;
      const lock = createServer().unref();
      lock.listen(`\0upgrade-halt-sandbox-${prefix}`);
      const isClaimed = await once(lock, "listening").then(
        () => true,
        () => false,
      );
      if (isClaimed) {
        this.#locks.push(lock);
        return prefix;
      }
    }
    throw new Error(
      "no free range of loopback addresses: 64 tries in 127.16.0.0/12 and above were all taken",
    );
  }
}
