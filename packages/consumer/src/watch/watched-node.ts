import { sightingOf } from "../status/status-reader.ts";
import type { StatusResult } from "../status/status-result.ts";
import type { Verdict } from "../verdict.ts";
import { judgeReading, type Memory } from "./memory.ts";
import { isNearPlan, nextWait } from "./schedule.ts";
import { verdictKey } from "./verdict-key.ts";
import type { NodeChange, WatchOptions } from "./watch-options.ts";

/** One node between its readings: what it was judged as, and when to read it again. */
export class WatchedNode {
  readonly #url: string;
  readonly #options: WatchOptions;
  #memory: Memory = { lastSeen: {}, believed: undefined };
  #shown: string | undefined;
  #failures = 0;
  #waitedBefore = false;

  constructor(url: string, options: WatchOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** Judges a reading. Answers with the verdict where it is another than before. */
  take(result: StatusResult): NodeChange | undefined {
    const { listed = [], heights } = this.#options;
    const status = sightingOf(result);
    const { verdict, memory } = judgeReading(this.#memory, status, listed);
    this.#memory = memory;
    this.#failures = status.kind === "silent" ? this.#failures + 1 : 0;
    const key = keyOf(verdict, heights);
    if (key === this.#shown) return undefined;
    this.#shown = key;
    return { url: this.#url, at: status.at, verdict };
  }

  /** How long after the last reading to read again, in ms. */
  wait(): number {
    const { intervalMs = 1_000, maxIntervalMs = 30_000, listed = [], random = Math.random } = this.#options;
    if (!this.#waitedBefore) {
      // The first wait is anything up to the interval, so that nodes watched from one moment on spread out.
      this.#waitedBefore = true;
      return intervalMs * random();
    }
    const nearPlan = isNearPlan(this.#memory.lastSeen.height, listed);
    return nextWait({ intervalMs, maxIntervalMs }, { failures: this.#failures, nearPlan }, random());
  }
}

function keyOf(verdict: Verdict, heights: boolean | undefined): string {
  const key = verdictKey(verdict);
  return heights === true && verdict.kind === "running" ? `${key} ${verdict.height}` : key;
}
