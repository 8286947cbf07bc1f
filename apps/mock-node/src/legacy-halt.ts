import { ShutdownReason } from "@upgrade-halt/contract";
import { fileArtifact } from "@upgrade-halt/producer";
import type { HaltDecision } from "./chain/consensus.ts";
import { GO_PANIC_EXIT, GOROUTINE } from "./faults.ts";
import type { Home } from "./home.ts";
import { upgradeInfoBytes } from "./upgrade/upgrade-info.ts";

/**
 * How a node halts that knows of no contract. `panic`: it ends with 2, as every seid does today. `zombie`: its consensus
 * stops and its servers go on, as CometBFT's do; started again it panics before it serves.
 */
export const LEGACY = ["panic", "zombie"] as const;
export type Legacy = (typeof LEGACY)[number];

/** What such a halt needs of the process. */
export interface LegacyProcess {
  exit(code: number): void;
  /** Writes a line to standard error. */
  print(line: string): void;
  log(message: string, fields?: Readonly<Record<string, string>>): void;
  /** Whether RPC serves already. */
  readonly isServing: boolean;
}

/** Halts as nodes did before there was a contract: a file for an upgrade that is due, a line, and then a panic. */
export function legacyHalt(
  legacy: Legacy,
  { upgradeInfoPath, store }: Home,
  { reason, plan, text }: HaltDecision,
  height: number,
  process: LegacyProcess,
): void {
  store.sync();
  if (reason === ShutdownReason.UpgradeRequired) {
    const bytes = upgradeInfoBytes({ name: plan.name, height, info: plan.info });
    fileArtifact({ path: upgradeInfoPath, bytes, mode: 0o600 }).persist(() => {});
    process.log(text);
  }
  if (legacy === "zombie" && process.isServing) {
    process.log("CONSENSUS FAILURE!!!", { err: JSON.stringify(text), module: "consensus" });
    return;
  }
  process.print(`panic: ${text}\n\n${GOROUTINE}`);
  process.exit(GO_PANIC_EXIT);
}
