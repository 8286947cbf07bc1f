import type { LogEntry } from "./record.ts";

/**
 * What a node says when it starts, and when it applies an upgrade and so has left its halt behind: of cosmos-sdk, CometBFT
 * and cosmovisor, and what supervisors write about it.
 */
const STARTS = [
  "starting node with ABCI (?:Tendermint|CometBFT)",
  "starting ABCI with (?:Tendermint|CometBFT)",
  "[Ss]tarting ABCI server",
  "ABCI Handshake App Info",
  "Version info",
  'applying upgrade "',
  "running app(?:$| args=)",
  String.raw`App \[[^\]]+\] starting`,
  "Started [^ ]+ ?(?:-|\\.service)",
];
const START = new RegExp(`^(?:${STARTS.join("|")})`);

/** Whether a node's run begins with this entry: what came before is of another. */
export function beginsRun(entry: LogEntry): boolean {
  return START.test(entry.kind === "record" ? entry.message : entry.text);
}
