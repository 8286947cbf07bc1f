import { ConsumerError } from "../../consumer-error.ts";
import type { Policy } from "../../recommendation.ts";
import { readPolicy } from "../input/documents.ts";
import { TimedRead } from "../input/timed-read.ts";
import { unreadable } from "../input/unreadable.ts";

/** A policy's file, which is written anew while the node runs: an upgrade is listed once it was voted for. */
export class PolicyFile {
  readonly #path: string;
  readonly #file: TimedRead<Policy>;
  readonly #say: (words: string) => void;
  #policy: Policy | undefined;
  #isUnread = false;

  constructor(path: string, say: (words: string) => void) {
    this.#path = path;
    this.#file = new TimedRead(() => readPolicy(path));
    this.#say = say;
  }

  /** As it was read last. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  /** As it is now. A file that can't be read leaves what it said before, and is told of once: no node waits for it. */
  async read(): Promise<Policy | undefined> {
    try {
      this.#policy = await this.#file.read();
      this.#isUnread = false;
    } catch (error) {
      if (!this.#isUnread) this.#say(`${this.#problem(error)} ${this.#whatCounts()}`);
      this.#isUnread = true;
    }
    return this.#policy;
  }

  #problem(error: unknown): string {
    if (error instanceof ConsumerError) return error.message;
    return `${unreadable("the policy", this.#path, error)}.`;
  }

  #whatCounts(): string {
    return this.#policy === undefined
      ? "No upgrade is announced before it can be."
      : "What the policy said before still counts.";
  }
}
