import type { Evidence, LastSeen, ListedPlan } from "../../evidence.ts";
import type { Exchange } from "../../status/bounded-exchange.ts";
import { oneConnection } from "../../status/one-connection.ts";
import { resultOf, sightingOf } from "../../status/status-reader.ts";
import { StatusRequest } from "../../status/status-request.ts";
import { isNearPlan } from "../../watch/schedule.ts";

const INTERVAL_MS = 1_000;
/** Near a listed height, and once there is a halt line. */
const CLOSE_INTERVAL_MS = 100;
const TIMEOUT_MS = 2_000;

export interface RpcWatchOptions {
  readonly url: URL;
  readonly now: () => number;
  readonly startedAt: number;
  /** As the policy lists them by now. */
  readonly listed: () => readonly ListedPlan[];
  /** Whether to look closely. */
  readonly isDue: () => boolean;
  /**
   * Called where nothing listened, or two questions in a row came to no node, as behind a proxy, which breaks the connection or
   * says so itself: the process that answered may have ended, and another one come. One alone is none: a node under load resets some.
   * Nor is an answer that is late.
   */
  readonly onGap: () => void;
  readonly onAnswer: () => void;
  /** Called after each reading. */
  readonly onReading: () => void;
}

/** Reads a node's `/status` again and again, and remembers what it was seen at. */
export class RpcWatch {
  readonly #options: RpcWatchOptions;
  readonly #request: StatusRequest;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #status: Evidence["status"];
  #stillSince: number | undefined;
  #lastSeen: LastSeen | undefined;
  #body: string | undefined;
  /** How many readings came to no node since one did. */
  #unreached = 0;

  constructor(options: RpcWatchOptions) {
    this.#options = options;
    this.#request = new StatusRequest(oneConnection, options.url, { timeoutMs: TIMEOUT_MS });
    this.#pause();
  }

  evidence(): Evidence {
    return { status: this.#status, heightStillSince: this.#stillSince, lastSeen: this.#lastSeen };
  }

  /** The last `/status` that the node answered, as it was. */
  get body(): string | undefined {
    return this.#body;
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.abandon();
  }

  #pause(): void {
    const { listed, isDue } = this.#options;
    const isClose = isDue() || isNearPlan(this.#lastSeen?.height, listed());
    this.#timer = setTimeout(
      () => this.#request.send((exchange) => this.#take(exchange)),
      isClose ? CLOSE_INTERVAL_MS : INTERVAL_MS,
    );
  }

  #take(exchange: Exchange): void {
    if (this.#isOver) return;
    const { now, startedAt, onReading } = this.#options;
    const before = this.#status?.kind === "answered" ? this.#status.node.height : undefined;
    const status = sightingOf(resultOf(exchange, now()));
    // One reading that failed tells nothing of the height before and after it; the silence itself is no standstill.
    if (status.kind === "silent") this.#stillSince = undefined;
    if (status.kind === "answered") this.#unreached = 0;
    else if (exchange.kind !== "timeout") this.#unreached += 1;
    if (this.#unreached > 1 || (exchange.kind !== "body" && exchange.isRefused)) this.#options.onGap();
    this.#status = status;
    if (status.kind === "answered") {
      this.#options.onAnswer();
      const { height, chainId } = status.node;
      if (height === undefined) this.#stillSince = undefined;
      else if (height !== before || this.#stillSince === undefined) this.#stillSince = status.at;
      const known = this.#lastSeen?.chainId;
      // The newest reading says which chain it is: what was seen on another one counts for nothing.
      const isOfBefore = known === undefined || chainId === known;
      if (isOfBefore || chainId !== undefined) {
        const highest = Math.max(height ?? 0, (isOfBefore && this.#lastSeen?.height) || 0) || undefined;
        this.#lastSeen = { chainId, height: highest, processStartedAt: startedAt };
      }
      if (exchange.kind === "body") this.#body = exchange.text;
    }
    onReading();
    if (!this.#isOver) this.#pause();
  }
}

/** Whether anything takes a connection at this address, or may. */
export function answers(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    new StatusRequest(oneConnection, url, { timeoutMs: TIMEOUT_MS }).send((exchange) =>
      resolve(!(exchange.kind === "unreachable")),
    );
  });
}
