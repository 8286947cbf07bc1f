import { decodeHaltIntent } from "@upgrade-halt/contract";
import type { Evidence } from "../src/evidence.ts";

/** A `/status` as Sei's GET answers it, all fields there, with a halt announced or not. */
export function seiStatus(height: number, halted: boolean): Record<string, unknown> {
  return {
    node_info: {
      protocol_version: { p2p: "8", block: "11", app: "0" },
      id: "3f2a7c0de18b94f5e6a1c2d3b4a5968778695a4b",
      listen_addr: "tcp://0.0.0.0:26656",
      network: "pacific-1",
      version: "0.35.0-unreleased",
      channels: "402021222330386061626300",
      moniker: "sei-0",
      other: { tx_index: "on", rpc_address: "tcp://0.0.0.0:26657" },
    },
    application_info: { version: "v6.6" },
    sync_info: {
      latest_block_hash: "5B1D7C0DE18B94F5E6A1C2D3B4A5968778695A4B5C6D7E8F90A1B2C3D4E5F607",
      latest_app_hash: "6C2E8D1EF29CA506F7B2D3E4C5B6A79889706B5C6D7E8F90A1B2C3D4E5F60718",
      latest_block_height: String(height),
      latest_block_time: "2026-08-21T17:59:41.123456789Z",
      last_committed_block_height: String(height),
      earliest_block_hash: "7D3F9E2F03ADB61708C3E4F5D6C7B8A99A817C6D7E8F90A1B2C3D4E5F6071829",
      earliest_app_hash: "8E40AF3014BEC72819D4F506E7D8C9BAAB928D7E8F90A1B2C3D4E5F60718293A",
      earliest_block_height: "1",
      earliest_block_time: "2023-05-22T15:00:00Z",
      max_peer_block_height: String(height),
      catching_up: false,
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
    validator_info: {
      address: "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
      pub_key: { type: "tendermint/PubKeyEd25519", value: "bW9jay1wdWJsaWMta2V5LW9mLTMyLWJ5dGVzLWhlcmU=" },
      voting_power: "0",
    },
    ...(halted ? { halt_intent: haltIntent(height) } : {}),
  };
}

function haltIntent(height: number) {
  return {
    reason: 70,
    reason_string: "upgrade_required",
    plan_name: "v6.7",
    height,
    info: '{"upgradeType":"major"}',
    announced_at: "2026-08-21T17:59:41.12Z",
  };
}

const AT = Date.UTC(2026, 7, 21, 18);
const listed = [{ planName: "v6.7", height: 240_000_000 }];
const planLines = [{ reason: 70, plan: "v6.7", height: 240_000_000 }] as const;
const exited = (code: number) =>
  ({ kind: "ended", end: { kind: "exited", code }, startedAt: AT - 9e6 }) as const;

/** One evidence for each kind of verdict that a supervisor meets. */
export const EVIDENCES: readonly Evidence[] = [
  { process: { kind: "running", startedAt: AT - 9e6 }, status: answered({ kind: "absent" }), listed },
  {
    process: { kind: "running", startedAt: AT - 9e6 },
    status: announced(),
    listed,
    lastSeen: { height: 240_000_000 },
  },
  { process: { ...exited(70), planLines }, listed, lastSeen: { chainId: "pacific-1", height: 239_999_999 } },
  { process: exited(71) },
  { process: exited(2) },
  { process: exited(0) },
  { process: { kind: "ended", end: { kind: "out-of-memory" } } },
  { process: exited(130), previous: { ...exited(70), planLines }, listed },
];

function answered(haltIntent: { readonly kind: "absent" }) {
  const node = { chainId: "pacific-1", height: 239_000_000, haltIntent };
  return { kind: "answered", at: AT, envelope: "bare", node } as const;
}

function announced() {
  const reading = decodeHaltIntent(haltIntent(240_000_000));
  const node = { chainId: "pacific-1", height: 240_000_000, haltIntent: reading };
  return { kind: "answered", at: AT, envelope: "bare", node } as const;
}
