import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@upgrade-halt/testing";
import { test } from "vitest";

export const LINE = 'UPGRADE "v6.7" NEEDED at height: 30: ';

export interface Legacy {
  readonly height?: number;
  readonly chain?: string;
  /** The code that it ends with after its third answer; it lives on without. */
  readonly code?: number;
  readonly line?: string;
  readonly intent?: string;
  /** What it has begun to say on standard output, before its line, and never ends. */
  readonly begun?: string;
  readonly host?: string;
  /** What the policy says from its halt line on. */
  readonly policy?: string;
  /** It breaks the connections of these questions, by their numbers, and ends with 9 where it was asked many more. */
  readonly broken?: readonly number[];
}

/** What a test of `exec --announce` has for itself alone. */
export interface AnnouncePlace {
  readonly folder: string;
  /** Of the node's RPC, on loopback. */
  readonly port: number;
  /** The policy, which lists v6.7 at 30 unless a test writes another. */
  readonly policy: string;
  /** The command's words before those of the node. */
  announce(...flags: readonly string[]): string[];
  legacyNode(legacy: Legacy): string[];
  /** Ends what a test had run that wrote down its number, where it still runs. */
  endWrittenDown(): Promise<void>;
}

async function newPlace(): Promise<AnnouncePlace> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-announce-"));
  const port = await freePort();
  const policy = join(folder, "policy.json");
  await writeFile(policy, listing({ planName: "v6.7", height: 30, image: "sei:v6.7" }));
  const rpc = `tcp://127.0.0.1:${port}`;
  return {
    folder,
    port,
    policy,
    announce: (...flags) => ["exec", "--announce", "--rpc", rpc, "--policy", policy, ...flags],
    legacyNode: (legacy) => legacyNode({ folder, port }, legacy),
    async endWrittenDown() {
      try {
        process.kill(Number(await readFile(join(folder, "pid"), "utf8")), "SIGKILL");
      } catch {
        // It has ended.
      }
    },
  };
}

/** A policy's text. */
export const listing = (...upgrades: readonly object[]) => JSON.stringify({ chainId: "test-1", upgrades });

/** A test of `exec --announce`, which shares nothing with another: it may run beside those of its file. */
export const announceTest = test.extend("place", async ({ onTestFinished }) => {
  const place = await newPlace();
  onTestFinished(() => rm(place.folder, { recursive: true }));
  return place;
});

/** A node of before the contract, in few words: it tells its height three times, prints its line and ends, or lives on. */
function legacyNode({ folder, port }: Pick<AnnouncePlace, "folder" | "port">, legacy: Legacy): string[] {
  const {
    height = 29,
    chain = "test-1",
    code,
    line = LINE,
    intent = "",
    begun = "",
    host = "127.0.0.1",
    policy,
    broken = [],
  } = legacy;
  const body = `{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"network":"${chain}"},"sync_info":{"latest_block_height":"${height}"}${intent}}}`;
  const script = `
let asked = 0;
let came = 0;
const server = require("node:http").createServer((request, response) => {
  came += 1;
  if (${JSON.stringify(broken)}.includes(came)) return request.socket.resetAndDestroy();
  if (${broken.length} > 0 && came > 30) process.exit(9);
  response.end(${JSON.stringify(body)}, () => {
    if (++asked === 2) process.stdout.write(${JSON.stringify(begun)});
    if (asked !== 3) return;
    ${policy === undefined ? "" : `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "policy.json"))}, ${JSON.stringify(policy)});`}
    console.error(${JSON.stringify(line)});
    ${code === undefined ? "" : `process.exit(${code});`}
  });
}).listen(${port}, "${host}");
process.on("SIGTERM", () => {
  console.error("7:48AM INF exiting...");
  process.exit(0);
});`;
  return ["--", process.execPath, "-e", script];
}

/** A node that is started again at its height: it panics before it serves. */
export const restarted = (home: string): string[] => [
  ...["--home", home, "--", "sh", "-c"],
  `printf '{"name":"v6.7","height":30}' > "${home}/data/upgrade-info.json"; echo '${LINE}' >&2; exit 2`,
];
