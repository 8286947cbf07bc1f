import { randomInt } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillHomes, rewrite } from "./homes.ts";
import { builtProgram, type Chain } from "./programs.ts";
import { type Release, Validator } from "./validator.ts";

/** Validators of a network, unless said: one of them may fail, and the others go on. */
const VALIDATORS = 4;

/** The validators of one chain on loopback addresses of their own, with keys and a genesis of their own. */
export class Network implements AsyncDisposable {
  readonly chain: Chain;
  readonly folder: string;
  readonly validators: readonly Validator[];
  readonly #addresses: string;

  private constructor(chain: Chain, folder: string, addresses: string, size: number) {
    this.chain = chain;
    this.folder = folder;
    this.#addresses = addresses;
    const program = builtProgram(chain);
    this.validators = Array.from({ length: size }, (_, i) => {
      const name = `node${i}`;
      return new Validator(name, join(folder, name, chain), program, `${addresses}${i + 1}`);
    });
  }

  /** A new chain, whose nodes were never started. A block takes half a second at least. */
  static async create(chain: Chain, size = VALIDATORS): Promise<Network> {
    const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-chain-"));
    const network = new Network(chain, folder, await freeAddresses(size), size);
    try {
      await fillHomes(chain, network.validators, folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return network;
  }

  /** The same chain once more at other addresses, from the folders as they are, in a folder below `parent`. Its nodes must be stopped. */
  async copy(parent = tmpdir()): Promise<Network> {
    const folder = mkdtempSync(join(parent, "upgrade-halt-chain-"));
    const size = this.validators.length;
    const copied = new Network(this.chain, folder, await freeAddresses(size), size);
    for (const [i, { home }] of copied.validators.entries()) {
      cpSync(this.#validator(i).home, home, { recursive: true });
      rewrite(join(home, "config", "config.toml"), (toml) =>
        toml.replaceAll(this.#addresses, copied.#addresses),
      );
    }
    return copied;
  }

  get first(): Validator {
    return this.#validator(0);
  }

  /** Starts every validator with the same release. */
  async start(release: Release = {}): Promise<void> {
    await Promise.all(this.validators.map((validator) => validator.start(release)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.validators.map((validator) => validator.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  #validator(i: number): Validator {
    const validator = this.validators[i];
    if (validator === undefined) throw new Error(`the network has no validator ${i}`);
    return validator;
  }
}

/** The first three numbers of loopback addresses, `127.x.y.`, whose RPC ports are free from 1 to `size`. */
async function freeAddresses(size: number): Promise<string> {
  for (;;) {
    const addresses = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.`;
    const free = await Promise.all(Array.from({ length: size }, (_, i) => isFree(`${addresses}${i + 1}`)));
    if (free.every(Boolean)) return addresses;
  }
}

async function isFree(address: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(26657, address), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
