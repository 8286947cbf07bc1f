import type { Evidence, ProcessEnd } from "../evidence.ts";
import { findPlanLines } from "../log/find-plan-lines.ts";
import { FORMATS, type LogFormat, SAYINGS, TRANSPORTS } from "./log-formats.ts";
import { INFOS, QUOTINGS } from "./quoted-halts.ts";

const AT = Date.UTC(2026, 7, 21, 18);
const CHAIN = "pacific-1";

/** A node that did not halt, whatever its log quotes, and what an observer knows of it. */
export interface UnhaltedNode {
  readonly log: string;
  readonly evidence: Evidence;
}

/**
 * A healthy, crashing or syncing node near or far from a plan that is listed: it schedules the plan, quotes halt texts in
 * fields and in the plan's info, crashes of something else, stands still, or has left a halt behind in its log.
 */
export function unhaltedNode(random: () => number): UnhaltedNode {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const plan = pick(["v6.7", "Canis Major upgrade plan B", "v2"]);
  const height = 100 + Math.floor(random() * 10_000);
  const seen = random() < 0.5 ? height - Math.floor(random() * 3) : 1 + Math.floor(random() * (height - 1));
  const write = pick(Object.values(FORMATS));
  const log = pick(Object.values(TRANSPORTS))(lines({ plan, height, seen }, write, random, pick).join("\n"));
  const planLines = findPlanLines(log, { withUnsure: true });
  const isRunning = random() < 0.4;
  const file = { name: plan, height, modifiedAt: AT - Math.floor(random() * 7_200_000) };
  return {
    log,
    evidence: {
      process: isRunning
        ? { kind: "running", startedAt: AT - 3_600_000, planLines }
        : { kind: "ended", end: pick(ENDS), startedAt: AT - 3_600_000, endedAt: AT, planLines },
      status: {
        kind: "answered",
        at: AT - (isRunning ? 0 : 1_000),
        envelope: "json-rpc",
        node: { chainId: CHAIN, height: seen, haltIntent: { kind: "absent" } },
      },
      heightStillSince: AT - Math.floor(random() * 120_000),
      chainId: CHAIN,
      listed: [{ planName: plan, height }],
      // cosmovisor's add-upgrade wrote it.
      ...(random() < 0.3 ? { upgradeInfo: file } : {}),
    },
  };
}

const ENDS: readonly ProcessEnd[] = [
  ...[0, 1, 2, 130, 134, 137, 139, 143].map((code) => ({ kind: "exited" as const, code })),
  { kind: "signalled", signal: "SIGKILL" },
  { kind: "out-of-memory" },
  { kind: "unrecorded" },
];

interface Scheduled {
  readonly plan: string;
  readonly height: number;
  readonly seen: number;
}

function lines(
  { plan, height, seen }: Scheduled,
  write: LogFormat,
  random: () => number,
  pick: <T>(items: readonly T[]) => T,
): string[] {
  const texts = [
    `UPGRADE "${plan}" NEEDED at height: ${height}: `,
    `UPGRADE "${plan}" NEEDED at height: ${seen}: `,
    `BINARY UPDATED BEFORE TRIGGER! UPGRADE "${plan}" - in binary but not executed on chain`,
    `wrong app version 0, upgrade handler is missing for ${plan} upgrade plan`,
  ];
  const quote = () => pick(texts);
  const said: string[] = [];
  if (random() < 0.2) {
    said.push(pick(Object.values(SAYINGS))(quote(), write));
    said.push(write("INF", "starting node with ABCI CometBFT in-process", { module: "server" }));
  }
  const count = 2 + Math.floor(random() * 10);
  for (let i = 0; i < count; i += 1) {
    said.push(
      pick([
        () => write("INF", "committed state", { height: String(seen - count + i), module: "state" }),
        () => write("INF", "executed block", { height: String(seen - count + i) }),
        () => write("INF", `UPGRADE "${plan}" SCHEDULED at height: ${height}: see ${quote()}`, {}),
        () =>
          write(
            "INF",
            `UPGRADE "${plan}" SCHEDULED at height: ${height}: see\n${quote()}\npanic: ${quote()}`,
            {},
          ),
        () => write("INF", "executed tx", { memo: quote() }),
        () =>
          write("ERR", "failed to execute tx", { err: `codespace wasm code 5: ${quote()}: execute failed` }),
        () => write("ERR", `failed to execute message; message index: 0: ${quote()}`, {}),
        () => write("INF", "received proposal", { info: `\n${quote()}\n` }),
        () => write("INF", `UPGRADE "${plan}" SKIPPED at ${seen}: ${quote()}`, {}),
        () => write("ERR", "Stopping peer for error", { err: "EOF", module: "p2p" }),
        () => pick(Object.values(QUOTINGS))(quote(), write),
        () => pick(Object.values(INFOS))(quote(), write),
      ])(),
    );
  }
  // A record parts what a scheduled upgrade's info has from what the process itself says at its end.
  said.push(write("INF", "Timed out", { height: String(seen), module: "consensus" }));
  if (random() < 0.4)
    said.push(
      pick([
        "panic: runtime error: invalid memory address or nil pointer dereference\n\ngoroutine 1 [running]:",
        `panic: invalid memo ${JSON.stringify(quote())}\n\ngoroutine 1 [running]:`,
        "Error: failed to initialize database: resource temporarily unavailable",
        "error during handshake: error on replay: wrong Block.Header.AppHash",
        `error during handshake: error on replay: invalid memo ${JSON.stringify(quote())}`,
        `error during handshake: error on replay: tx of ${quote()}`,
        write("ERR", "failure when running app", { err: `rpc error: ${quote()}` }),
        write("ERR", "failed init node", { error: "EOF", memo: `error during handshake: ${quote()}` }),
        "fatal error: concurrent map writes",
        write("ERR", "CONSENSUS FAILURE!!!", { err: "wrong Block.Header.AppHash", module: "consensus" }),
      ]),
    );
  return said;
}
