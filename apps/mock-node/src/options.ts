import type { FaultOptions } from "./faults.ts";
import type { Legacy } from "./legacy-halt.ts";
import type { Flavor, IntentIntegers } from "./rpc/node-view.ts";
import type { RpcAddress } from "./rpc/rpc-address.ts";

/** Everything that a person can ask of a node, checked. */
export interface NodeOptions extends FaultOptions {
  /** The folder that the node's state lives in. */
  readonly home: string;
  /** The image's reference or tag. */
  readonly image: string;
  readonly rpc: RpcAddress;
  readonly blockTimeMs: number;
  readonly plansFile: string | undefined;
  /** Replaces what the image's tag says of handlers. */
  readonly handlers: readonly string[] | undefined;
  readonly haltStayAlive: boolean;
  /** Halts as nodes that know of no contract do. */
  readonly legacy: Legacy | undefined;
  readonly portFile: string | undefined;
  readonly skipHeights: readonly number[];
  readonly haltHeight: number | undefined;
  readonly freezeHeight: number | undefined;
  readonly holdHeights: readonly number[];
  readonly initialHeight: number;
  readonly peerHeight: number | undefined;
  readonly chainId: string;
  readonly moniker: string;
  readonly flavor: Flavor;
  readonly intentIntegers: IntentIntegers;
  readonly logFormat: "json" | "plain";
  /** Milliseconds that each half of a halt's shutdown may take. */
  readonly shutdownTimeoutMs: number;
}
