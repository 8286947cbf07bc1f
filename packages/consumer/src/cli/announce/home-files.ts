import type { UpgradeInfo } from "../../evidence.ts";
import { printable } from "../../printable.ts";
import { inspectUpgradeInfo, type UpgradeInfoFile } from "../../upgrade-info-file.ts";
import { TimedRead } from "../input/timed-read.ts";
import { unreadable } from "../input/unreadable.ts";
import { chainOfGenesis } from "./genesis-file.ts";

/** The files of a node's home. A disk that does not answer, as where the node failed for that, holds nothing up. */
export class HomeFiles {
  readonly #home: string;
  readonly #say: (words: string) => void;
  readonly #info: TimedRead<UpgradeInfoFile>;
  readonly #chain: TimedRead<string | undefined>;
  #isUnread = false;
  #isUnfit = false;

  constructor(home: string, say: (words: string) => void) {
    this.#home = home;
    this.#say = say;
    this.#info = new TimedRead(() => inspectUpgradeInfo(home));
    this.#chain = new TimedRead(() => chainOfGenesis(home));
  }

  /** As it is now. One that is there and cannot be used is told of once. */
  async upgradeInfo(): Promise<UpgradeInfo | undefined> {
    const file = await this.#orNothing(this.#info);
    const isUnfit = file?.kind === "unreadable";
    if (isUnfit && !this.#isUnfit) this.#say(`${printable(file.path)} counts for nothing: ${file.why}.`);
    this.#isUnfit = isUnfit;
    return file?.kind === "read" ? file.info : undefined;
  }

  chainId(): Promise<string | undefined> {
    return this.#orNothing(this.#chain);
  }

  /** That it cannot be read is told of once. */
  async #orNothing<T>(file: TimedRead<T | undefined>): Promise<T | undefined> {
    try {
      const found = await file.read();
      this.#isUnread = false;
      return found;
    } catch (error) {
      if (!this.#isUnread)
        this.#say(`${unreadable("the home", this.#home, error)}, so it is judged without it.`);
      this.#isUnread = true;
      return undefined;
    }
  }
}
