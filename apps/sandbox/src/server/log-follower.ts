import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "../client/api-client.ts";
import { PODS, pathOf } from "../client/resource-path.ts";
import { LOG_LINES } from "../recording/views.ts";
import { CONTAINER, type NodeView } from "../scenario/situation.ts";

/** A line of a log longer than this is cut. */
const LONGEST_LINE = 4 * 1024;
/** A container that is being made has no log yet. */
const RETRY_MS = 500;

export interface LogFollowerOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** Told of each line, its end included, and when it was written. */
  readonly onLine: (node: string, line: string, at: string) => void;
}

/** Follows the log of every node, over all the containers that it runs in. */
export class LogFollower {
  readonly #options: LogFollowerOptions;
  /** The container that is followed, or was to its end, by node. */
  readonly #followed = new Map<string, string>();
  /** When the last line of a node was written: an older one was told already. */
  readonly #lastAt = new Map<string, string>();

  constructor(options: LogFollowerOptions) {
    this.#options = options;
  }

  /** Follows those that are new among the nodes' containers. */
  look(nodes: readonly NodeView[]): void {
    for (const { node, podUid, restartCount } of nodes) {
      const container = `${podUid} ${restartCount}`;
      if (podUid === "" || this.#followed.get(node) === container) continue;
      this.#followed.set(node, container);
      void this.#follow(node, container);
    }
  }

  async #follow(node: string, container: string): Promise<void> {
    const { client, namespace, signal } = this.#options;
    const query = `container=${CONTAINER}&follow=true&timestamps=true&tailLines=${LOG_LINES}`;
    const path = `${pathOf(PODS, namespace, `${node}-0`, "log")}?${query}`;
    while (!signal.aborted && this.#followed.get(node) === container) {
      try {
        const told = this.#lastAt.get(node) ?? "";
        for await (const line of client.lines(path, signal)) this.#tell(node, line, told);
        return;
      } catch {
        await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  #tell(node: string, line: string, told: string): void {
    const end = line.indexOf(" ");
    const at = line.slice(0, end);
    if (at <= told || Number.isNaN(Date.parse(at))) return;
    this.#lastAt.set(node, at);
    this.#options.onLine(node, `${line.slice(end + 1, end + 1 + LONGEST_LINE)}\n`, at);
  }
}
