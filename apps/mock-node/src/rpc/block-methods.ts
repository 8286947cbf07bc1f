import { type Block, formatTime } from "../chain/block.ts";
import { VOTING_POWER } from "../chain/header.ts";
import { goJson } from "../go-json.ts";
import { heightArgument } from "./arguments.ts";
import { blockIdJson, blockJson, commitJson, headerJson, validatorJson } from "./block-json.ts";
import type { Arguments, Method } from "./method.ts";
import { type NodeView, storedHeight } from "./node-view.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";

/** The most blocks that one answer of `blockchain` has. */
const MAX_METAS = 20;

/** The methods that read the chain. */
export function blockMethods(view: NodeView): Readonly<Record<string, Method>> {
  const atHeight = (render: (block: Block) => object): Method => ({
    args: ["height"],
    call: (args) => goJson(render(requestedBlock(args, view))),
  });
  return {
    block: atHeight((block) => ({ block_id: blockIdJson(block.hash), block: blockJson(block, view) })),
    commit: atHeight((block) => ({
      signed_header: { header: headerJson(block, view), commit: commitJson(block, view) },
      canonical: true,
    })),
    validators: {
      args: ["height", "page", "per_page"],
      call: (args) => goJson(validators(requestedBlock(args, view), view)),
    },
    blockchain: {
      args: ["minHeight", "maxHeight"],
      call: (args) => goJson(blockchain(args, view)),
    },
    genesis: { args: [], call: () => goJson({ genesis: genesis(view) }) },
  };
}

function requestedBlock(args: Arguments, { store }: NodeView): Block {
  const height = heightArgument(args, "height") ?? store.last?.height ?? 0;
  const block = store.block(height);
  if (block !== undefined) return block;
  if (height <= 0) throw new RpcFailure(RpcCode.internal, "height must be greater than 0");
  throw new RpcFailure(
    RpcCode.internal,
    `height ${height} is not available; it must be at most ${store.last?.height}`,
  );
}

function blockchain(args: Arguments, view: NodeView): object {
  const newest = storedHeight(view);
  const oldest = view.store.first?.height ?? 0;
  const max = Math.min(heightArgument(args, "maxHeight") || newest, newest);
  const min = Math.max(heightArgument(args, "minHeight") || oldest, oldest, max - MAX_METAS + 1);
  if (min > max)
    throw new RpcFailure(RpcCode.internal, `min height ${min} can't be greater than max height ${max}`);
  const metas: object[] = [];
  for (let height = max; height >= min; height -= 1) {
    const block = view.store.block(height);
    if (block === undefined) continue;
    const header = headerJson(block, view);
    metas.push({ block_id: blockIdJson(block.hash), block_size: "500", header, num_txs: "0" });
  }
  return { last_height: `${newest}`, block_metas: metas };
}

function validators(block: Block, view: NodeView): object {
  const only = { ...validatorJson(view), voting_power: `${VOTING_POWER}`, proposer_priority: "0" };
  return { block_height: `${block.height}`, validators: [only], count: "1", total: "1" };
}

function genesis(view: NodeView): object {
  return {
    genesis_time: formatTime(view.store.first?.time ?? 0n),
    chain_id: view.chainId,
    initial_height: `${view.initialHeight}`,
    consensus_params: {
      block: { max_bytes: "22020096", max_gas: "0", time_iota_ms: "1000" },
      evidence: { max_age_num_blocks: "100000", max_age_duration: "172800000000000", max_bytes: "1048576" },
      validator: { pub_key_types: ["ed25519"] },
      version: {},
    },
    validators: [{ ...validatorJson(view), power: `${VOTING_POWER}`, name: view.moniker }],
    app_hash: "",
    app_state: {},
  };
}
