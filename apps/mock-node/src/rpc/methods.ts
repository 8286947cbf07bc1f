import { goJson } from "../go-json.ts";
import { blockMethods } from "./block-methods.ts";
import type { Method } from "./method.ts";
import { appliedHeight, type NodeView, storedHeight } from "./node-view.ts";
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

/** Sei's readiness: 417 once the node is more than 300 blocks behind its peers. */
function lagStatus(view: NodeView): Method {
  const peers = (): number => Math.max(view.peerHeight ?? 0, storedHeight(view));
  const lag = (): number => peers() - storedHeight(view);
  return {
    args: [],
    call: () =>
      goJson({
        current_height: `${storedHeight(view)}`,
        max_peer_height: `${peers()}`,
        lag: `${lag()}`,
      }),
    httpStatus: () => (lag() > MAX_LAG ? 417 : 200),
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
