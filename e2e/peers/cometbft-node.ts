import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freePort, type Program, startProgram } from "@upgrade-halt/testing";
import { pathOf } from "./programs.ts";

export interface CometBftNode {
  /** Where its RPC will listen, without a path. */
  readonly url: string;
  readonly program: Program;
}

/** Starts a real CometBFT node with its key-value store in `home`, making an empty block every `blockInterval`. */
export async function startCometBftNode(home: string, blockInterval: string): Promise<CometBftNode> {
  await promisify(execFile)(pathOf("cometbft"), ["init", "--home", home]);
  const [rpc, p2p] = [await freePort(), await freePort()];
  const program = await startProgram("cometbft", pathOf("cometbft"), [
    ...["start", "--home", home, "--proxy_app", "kvstore", "--log_level", "error"],
    ...["--consensus.create_empty_blocks_interval", blockInterval],
    ...["--rpc.laddr", `tcp://127.0.0.1:${rpc}`, "--p2p.laddr", `tcp://127.0.0.1:${p2p}`],
  ]);
  return { url: `http://127.0.0.1:${rpc}`, program };
}
