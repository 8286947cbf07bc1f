import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { until } from "@upgrade-halt/testing";
import { CHAIN_ID, type Network } from "./network.ts";
import type { Validator } from "./validator.ts";

export interface Plan {
  readonly name: string;
  readonly height: number;
  readonly info: string;
}

/** Blocks from a proposal to its height: more than a vote can take, as no block is made in less than half a second. */
const AHEAD = 20;

/**
 * Proposes an upgrade, votes for it with every validator, and resolves when it is planned. The nodes must run, and go on
 * running: its height comes a few seconds later.
 */
export async function planUpgrade({ first, validators }: Network, name: string, info: string): Promise<Plan> {
  const height = ((await first.height()) ?? 0) + AHEAD;
  await send(first, [
    ...["gov", "submit-proposal", "software-upgrade", name, "--title", name, "--description", name],
    ...["--upgrade-height", `${height}`, "--upgrade-info", info, "--deposit", "10000000stake"],
  ]);
  await Promise.all(validators.map((validator) => send(validator, ["gov", "vote", "1", "yes"])));
  await until(`${name} to be planned`, async () => (await query(first, ["upgrade", "plan"])).includes(name));
  return { name, height, info };
}

/** Sends a transaction of the validator's account, and waits until it is in a block. */
async function send(validator: Validator, message: readonly string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(validator.program, [
    ...["tx", ...message, "--home", validator.home, "--from", validator.name, "--keyring-backend", "test"],
    ...["--chain-id", CHAIN_ID, "--node", validator.rpc.replace("http", "tcp")],
    ...["--broadcast-mode", "block", "--output", "json", "--yes"],
  ]);
  const { code, raw_log } = JSON.parse(stdout) as { code: number; raw_log: string };
  if (code !== 0) throw new Error(`${message.slice(0, 3).join(" ")} was refused with ${code}: ${raw_log}`);
}

/** What the chain answers to a query, as text; the command's error where it has nothing. */
async function query({ program, rpc }: Validator, question: readonly string[]): Promise<string> {
  const node = ["--node", rpc.replace("http", "tcp"), "--output", "json"];
  return promisify(execFile)(program, ["query", ...question, ...node]).then(
    ({ stdout }) => stdout,
    (error: Error) => error.message,
  );
}
