import { goJson } from "../go-json.ts";
import { blockMethods } from "./block-methods.ts";
import type { Method } from "./method.ts";
import { appliedHeight, type NodeView, storedHeight } from "./node-view.ts";
import { RpcCode, RpcFailure } from "./rpc-failure.ts";
import { statusReader } from "./status.ts";

const MAX_LAG = 300;

/** Every method that this node answers, by its name, which is also its path. */
export function rpcMethods(view: NodeView): ReadonlyMap<string, Method> {
  return new Map<string, Method>(
    Object.entries({
      health: { args: [], call: () => "{}" },
      status: { args: [], call: statusReader(view) },
      ...(view.flavor === "sei" && { lag_status: lagStatus(view) }),
      abci_info: { args: [], call: () => goJson(abciInfo(view)) },
      ...blockMethods(view),
    }),
  );
}

/** Sei's readiness: a failure that has the result in it once the node is more than 300 blocks behind its peers. */
function lagStatus(view: NodeView): Method {
  return {
    args: [],
    call: () => {
      const height = storedHeight(view);
      const peers = Math.max(view.peerHeight ?? 0, height);
      const lag = peers - height;
      const result = goJson({ current_height: `${height}`, max_peer_height: `${peers}`, lag: `${lag}` });
      if (lag > MAX_LAG) throw new RpcFailure(RpcCode.lagIsTooHigh, result, result);
      return result;
    },
  };
}

function abciInfo(view: NodeView): object {
  const { applied } = view.store;
  return {
    response: {
      data: "mock-node",
      version: view.version,
      last_block_height: `${appliedHeight(view)}`,
      ...(applied !== undefined && { last_block_app_hash: applied.appHash.toString("base64") }),
    },
  };
}
