import type { Block } from "../chain/block.ts";
import { goJson } from "../go-json.ts";
import { blockIdJson, blockJson } from "./block-json.ts";
import { resultResponse } from "./json-rpc.ts";
import type { Id } from "./method.ts";
import type { NodeView } from "./node-view.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/** The one query that can be subscribed to here. */
const NEW_BLOCK = /^\s*tm\.event\s*=\s*'NewBlock'\s*$/;

/** What one connection has subscribed to, and the events that go out to it. */
export class Subscriptions {
  readonly #view: NodeView;
  readonly #send: (message: string) => void;
  readonly #ends = new Map<string, () => void>();

  constructor(view: NodeView, send: (message: string) => void) {
    this.#view = view;
    this.#send = send;
  }

  /** Events go out under the id of the call that asked for them. Throws `RpcFailure`. */
  subscribe(id: Id, query: unknown): void {
    if (typeof query !== "string" || !NEW_BLOCK.test(query)) {
      throw new RpcFailure(RpcCode.invalidParams, "only tm.event = 'NewBlock' can be subscribed to");
    }
    if (this.#ends.has(query)) throw new RpcFailure(RpcCode.internal, "already subscribed");
    const end = this.#view.blocks.subscribe((block) =>
      this.#send(resultResponse(id, goJson(newBlockEvent(query, block, this.#view)))),
    );
    this.#ends.set(query, end);
  }

  /** Ends one subscription. Throws `RpcFailure` when there is none. */
  unsubscribe(query: unknown): void {
    const end = typeof query === "string" ? this.#ends.get(query) : undefined;
    if (typeof query !== "string" || end === undefined) {
      throw new RpcFailure(RpcCode.internal, "subscription not found");
    }
    end();
    this.#ends.delete(query);
  }

  unsubscribeAll(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
  }
}

function newBlockEvent(query: string, block: Block, view: NodeView): object {
  return {
    query,
    data: {
      type: "tendermint/event/NewBlock",
      value: {
        block: blockJson(block, view),
        block_id: blockIdJson(block.hash),
        result_finalize_block: { events: [], tx_results: [], validator_updates: [], app_hash: "" },
      },
    },
    events: { "tm.event": ["NewBlock"] },
  };
}
