import type { Policy } from "../../recommendation.ts";
import { readPolicy } from "../input/documents.ts";

/** A policy's file, which is written anew while the node runs: an upgrade is listed once it was voted for. */
export class PolicyFile {
  readonly #path: string | undefined;
  readonly #say: (words: string) => void;
  #policy: Policy | undefined;
  #isUnread = false;

  private constructor(path: string | undefined, policy: Policy | undefined, say: (words: string) => void) {
    this.#path = path;
    this.#policy = policy;
    this.#say = say;
  }

  /** Rejects with a `ConsumerError` where the file is no policy. Without a path there is none. */
  static async open(path: string | undefined, say: (words: string) => void): Promise<PolicyFile> {
    return new PolicyFile(path, path === undefined ? undefined : await readPolicy(path), say);
  }

  /** As it was read last. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  /** As it is now. A file that can't be read leaves what it said before, and is told of once. */
  async read(): Promise<Policy | undefined> {
    if (this.#path === undefined) return undefined;
    try {
      this.#policy = await readPolicy(this.#path);
      this.#isUnread = false;
    } catch (error) {
      if (!this.#isUnread)
        this.#say(
          `${error instanceof Error ? error.message : String(error)} What the policy said before still counts.`,
        );
      this.#isUnread = true;
    }
    return this.#policy;
  }
}
