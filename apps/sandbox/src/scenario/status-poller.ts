import { setTimeout as delay } from "node:timers/promises";
import { Changes } from "../changes.ts";
import type { NodeView } from "./situation.ts";

const EVERY_MS = 500;
const RPC_PORT = 26657;
const TIMEOUT_MS = 2_000;
const LARGEST_BYTES = 64 * 1024;
/** Nodes that are asked at once: to ask many takes long enough to hold up what else is to be told. */
const AT_ONCE = 10;

/** What a node's `/status` answered last. */
export interface StatusAnswer {
  /** The raw body, or the beginning of one that is too long. */
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Why there was no whole answer; empty when there was one. */
  readonly fault: string;
}

type AskedNode = Pick<NodeView, "node" | "podIp"> & { readonly rpcPort?: number };

/** Asks every node for its `/status` again and again, a few at once, and keeps the last answer as it came. */
export class StatusPoller extends Changes {
  readonly #nodes: () => readonly AskedNode[];
  readonly #everyMs: number;
  readonly #answers = new Map<string, StatusAnswer>();
  readonly #heights = new Map<string, number>();

  constructor(nodes: () => readonly AskedNode[], everyMs = EVERY_MS) {
    super();
    this.#nodes = nodes;
    this.#everyMs = everyMs;
  }

  start(signal: AbortSignal): void {
    void this.#run(signal);
  }

  /** The highest block of each node that it told last. */
  heights(): ReadonlyMap<string, number> {
    return this.#heights;
  }

  answerOf(node: string): StatusAnswer | undefined {
    return this.#answers.get(node);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nodes = this.#nodes();
      const groups = Math.max(1, Math.ceil(nodes.length / AT_ONCE));
      const asked: Promise<void>[] = [];
      for (let group = 0; group < groups; group += 1) {
        if (group > 0) await this.#wait(groups, signal);
        const some = nodes.slice(group * AT_ONCE, (group + 1) * AT_ONCE);
        asked.push(...some.map((node) => this.#ask(node, signal)));
      }
      await Promise.all(asked);
      this.tell();
      await this.#wait(groups, signal);
    }
  }

  /** Until the next of as many groups. */
  async #wait(groups: number, signal: AbortSignal): Promise<void> {
    await delay(this.#everyMs / groups, undefined, { signal, ref: false }).catch(() => undefined);
  }

  async #ask({ node, podIp, rpcPort = RPC_PORT }: AskedNode, signal: AbortSignal): Promise<void> {
    if (podIp === "") return;
    const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const response = await fetch(`http://${hostOf(podIp)}:${rpcPort}/status`, {
        signal: within,
        redirect: "error",
      });
      const { body, isCut } = await beginningOf(response);
      const height = heightIn(body);
      if (height !== undefined) this.#heights.set(node, height);
      const fault = isCut ? `its answer is longer than ${LARGEST_BYTES / 1024} KiB` : "";
      this.#answers.set(node, { body, at: Date.now(), fault });
    } catch (error) {
      if (signal.aborted) return;
      const fault = within.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : reasonOf(error);
      const body = this.#answers.get(node)?.body ?? "";
      this.#answers.set(node, { body, at: Date.now(), fault });
    }
  }
}

function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

async function beginningOf(response: Response): Promise<{ readonly body: string; readonly isCut: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_BYTES) return { body: text.slice(0, LARGEST_BYTES), isCut: true };
  }
  return { body: text, isCut: false };
}

function heightIn(body: string): number | undefined {
  const found = /"latest_block_height":"(\d{1,15})"/.exec(body)?.[1];
  return found === undefined ? undefined : Number(found);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
