import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePort } from "@upgrade-halt/testing";
import { quantile } from "./quantile.ts";

/**
 * `node bench/announced.ts [--turns 50]`: how long after a node's halt its exit code is there. A node that ends with its halt line, under
 * `exec --announce` beside the same under a shell, in turns; then one that lives on, from when its height stood still.
 */
const { values } = parseArgs({ options: { turns: { type: "string", default: "50" } } });
const turns = Number(values.turns);
const STANDSTILL_MS = 500;
const MAIN = join(import.meta.dirname, "..", "bin", "upgrade-halt.js");
const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-announced-"));
const policy = join(folder, "policy.json");
await writeFile(
  policy,
  JSON.stringify({ chainId: "test-1", upgrades: [{ planName: "v6.7", height: 30, image: "sei:v6.7" }] }),
);

/** A node that tells three heights and prints its line; it ends then, or lives on. In the file `told`, when that was. */
function nodeAt(port: number, told: string, lives: boolean): string {
  return `
let asked = 0;
const body = () => JSON.stringify({
  jsonrpc: "2.0", id: -1,
  result: { node_info: { network: "test-1" }, sync_info: { latest_block_height: String(Math.min(28 + asked, 30)) } },
});
const { writeFileSync } = require("node:fs");
require("node:http").createServer((_, response) => response.end(body(), () => {
  if (++asked !== 3) return;
  console.error('UPGRADE "v6.7" NEEDED at height: 30: ');
  writeFileSync(${JSON.stringify(told)}, String(Date.now()));
  ${lives ? "" : "process.exit(2);"}
})).listen(${port}, "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));`;
}

/** Milliseconds from what the node wrote down to the end of what runs it, which has to end with `code`. */
async function delay(lives: boolean, isAnnounced: boolean): Promise<number> {
  const port = await freePort();
  const told = join(folder, `told-${port}`);
  const node = [process.execPath, "-e", nodeAt(port, told, lives)];
  const flags = ["--rpc", `http://127.0.0.1:${port}`, "--policy", policy, "--standstill", `${STANDSTILL_MS}`];
  const [file = "", ...args] = isAnnounced
    ? [process.execPath, MAIN, "exec", "--announce", ...flags, "--", ...node]
    : ["sh", "-c", '"$@"; exit $?', "sh", ...node];
  const child = spawn(file, args, { stdio: "ignore" });
  const ask = isAnnounced
    ? undefined
    : setInterval(() => void fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined), 50);
  const [code] = (await once(child, "exit")) as [number | null];
  const at = Date.now();
  clearInterval(ask);
  if (code !== (isAnnounced ? 70 : 2)) throw new Error(`it ended with ${code}`);
  return at - Number(await readFile(told, "utf8"));
}

const taken = { bare: [] as number[], announced: [] as number[], lives: [] as number[] };
for (let turn = 0; turn < turns; turn += 1) {
  taken.bare.push(await delay(false, false));
  taken.announced.push(await delay(false, true));
  taken.lives.push((await delay(true, true)) - STANDSTILL_MS);
}
await rm(folder, { recursive: true });
const show = (of: readonly number[]) => `p50 ${quantile(of, 0.5)} ms, p99 ${quantile(of, 0.99)} ms`;
console.log(`${turns} turns, from the node's line to the exit code:`);
console.log(`  a node that ends, under a shell: ${show(taken.bare)}`);
console.log(`  a node that ends, under exec --announce: ${show(taken.announced)}`);
console.log(`  a node that lives on, after its standstill of ${STANDSTILL_MS} ms: ${show(taken.lives)}`);
