import { populateStatus } from "@upgrade-halt/producer";
import { type Block, formatHash, formatTime } from "../chain/block.ts";
import { VOTING_POWER } from "../chain/header.ts";
import { goJson } from "../go-json.ts";
import { validatorJson } from "./block-json.ts";
import { appliedHeight, type NodeView, storedHeight } from "./node-view.ts";

const NO_TIME = "1970-01-01T00:00:00Z";

/** `GET /status`: the body of this flavor, with the intent of a halted node. Text, since its bytes are the contract. */
export function statusReader(view: NodeView): () => string {
  const render = view.flavor === "sei" ? seiStatus : cometStatus;
  let rendered:
    | { readonly last: Block | undefined; readonly applied: number; readonly body: string }
    | undefined;
  return () => {
    const last = view.store.last;
    const applied = appliedHeight(view);
    if (rendered === undefined || rendered.last !== last || rendered.applied !== applied) {
      rendered = { last, applied, body: goJson(render(view)) };
    }
    const { body } = rendered;
    const populated = populateStatus(body, view.holder, view.onStatusFault);
    return view.intentIntegers === "numbers" ? populated : withTexts(populated, body);
  };
}

/** The populated body with the intent's integers as texts. A quote inside a text is escaped, so none of those match. */
function withTexts(populated: string, body: string): string {
  const start = body.length - 1;
  const field = populated.slice(start).replaceAll(/"(reason|height)":(\d+)/g, '"$1":"$2"');
  return populated.slice(0, start) + field;
}

/** Sei's `/status` (its Tendermint fork's `ResultStatus`), in its key order. */
function seiStatus(view: NodeView): object {
  return {
    node_info: nodeInfo(view),
    application_info: { version: view.version },
    sync_info: {
      ...blockRange(view),
      max_peer_block_height: `${view.peerHeight ?? storedHeight(view)}`,
      catching_up: isCatchingUp(view),
      total_synced_time: "0",
      remaining_time: "0",
      total_snapshots: "0",
      chunk_process_avg_time: "0",
      snapshot_height: "0",
      snapshot_chunks_count: "0",
      snapshot_chunks_total: "0",
      backfilled_blocks: "0",
      backfill_blocks_total: "0",
    },
    validator_info: validatorInfo(view),
  };
}

/** CometBFT's `/status` (`ResultStatus` of rpc/core/types), in its key order. */
function cometStatus(view: NodeView): object {
  const { last_committed_block_height: _, ...range } = blockRange(view);
  return {
    node_info: nodeInfo(view),
    sync_info: { ...range, catching_up: isCatchingUp(view) },
    validator_info: validatorInfo(view),
  };
}

function nodeInfo({ identity, chainId, moniker, flavor }: NodeView): object {
  return {
    protocol_version: { p2p: "8", block: "11", app: "0" },
    id: identity.address.toString("hex"),
    listen_addr: "tcp://0.0.0.0:26656",
    network: chainId,
    version: flavor === "sei" ? "0.35.0-unreleased" : "0.38.21",
    channels: "40202122233038606100",
    moniker,
    other: { tx_index: "on", rpc_address: "tcp://0.0.0.0:26657" },
  };
}

function blockRange(view: NodeView) {
  const { first, last, applied } = view.store;
  return {
    latest_block_hash: last === undefined ? "" : formatHash(last.hash),
    latest_app_hash: last === undefined ? "" : formatHash(last.appHash),
    latest_block_height: `${storedHeight(view)}`,
    latest_block_time: last === undefined ? NO_TIME : formatTime(last.time),
    last_committed_block_height: `${applied?.height ?? 0}`,
    earliest_block_hash: first === undefined ? "" : formatHash(first.hash),
    earliest_app_hash: first === undefined ? "" : formatHash(first.appHash),
    earliest_block_height: `${first?.height ?? 0}`,
    earliest_block_time: first === undefined ? NO_TIME : formatTime(first.time),
  };
}

function isCatchingUp(view: NodeView): boolean {
  return view.peerHeight !== undefined && view.peerHeight > storedHeight(view);
}

function validatorInfo(view: NodeView): object {
  return { ...validatorJson(view), voting_power: `${VOTING_POWER}` };
}
