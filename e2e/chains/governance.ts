import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { until } from "@upgrade-halt/testing";
import { CHAIN_ID } from "./homes.ts";
import type { Network } from "./network.ts";
import type { Chain } from "./programs.ts";
import type { Validator } from "./validator.ts";

export interface Plan {
  readonly name: string;
  readonly height: number;
  readonly info: string;
}

/** Blocks from a proposal to its height, unless said: more than a vote can take, as no block is made in less than half a second. */
const AHEAD = 20;

/**
 * Proposes an upgrade, votes for it with every validator, and resolves when it is planned. The nodes must run, and go on
 * running: unless its height is said to be further ahead, it comes a few seconds later.
 */
export async function planUpgrade(
  network: Network,
  name: string,
  info: string,
  ahead = AHEAD,
): Promise<Plan> {
  const { chain, first, validators } = network;
  const plan = { name, info, height: (await first.serves()) + ahead };
  await send(first, [...PROPOSALS[chain](plan), "--deposit", "10000000stake"]);
  // On a machine that does much else a vote may come after the end. Those of two in four are enough, and all of them say yes.
  const votes = validators.map((validator) => send(validator, ["gov", "vote", "1", "yes"]));
  await Promise.any(votes);
  await Promise.allSettled(votes);
  await until(`${name} to be planned`, async () => (await currentPlan(first)).includes(name));
  return plan;
}

const PROPOSALS: Readonly<Record<Chain, (plan: Plan) => readonly string[]>> = {
  simd: (plan) => [
    ...["gov", "submit-proposal", "software-upgrade", plan.name, "--title", plan.name],
    ...["--description", plan.name, ...dueAt(plan)],
  ],
  sdk: (plan) => [
    ...["upgrade", "software-upgrade", plan.name, "--title", plan.name, "--summary", plan.name],
    ...["--no-validate", ...dueAt(plan)],
  ],
};

function dueAt({ height, info }: Plan): readonly string[] {
  return ["--upgrade-height", `${height}`, "--upgrade-info", info];
}

/** Sends a transaction of the validator's account, and waits until it is in a block. */
async function send(validator: Validator, message: readonly string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(validator.program, [
    ...["tx", ...message, "--home", validator.home, "--from", validator.name, "--keyring-backend", "test"],
    ...["--chain-id", CHAIN_ID, "--node", validator.rpc.replace("http", "tcp"), "--gas", "400000"],
    ...["--broadcast-mode", "sync", "--output", "json", "--yes"],
  ]);
  const { txhash } = accepted(message, JSON.parse(stdout) as TxAnswer);
  const delivered = await until(`${message.slice(0, 2).join(" ")} to be in a block`, async () => {
    const answer = JSON.parse(await validator.get(`tx?hash=0x${txhash}`)) as {
      readonly result?: { readonly tx_result: TxAnswer };
    };
    return answer.result?.tx_result;
  });
  accepted(message, delivered);
}

interface TxAnswer {
  readonly code: number;
  readonly txhash?: string;
  readonly raw_log?: string;
  readonly log?: string;
}

function accepted(message: readonly string[], answer: TxAnswer): TxAnswer {
  const { code, raw_log, log } = answer;
  if (code === 0) return answer;
  throw new Error(`${message.slice(0, 3).join(" ")} was refused with ${code}: ${raw_log ?? log}`);
}

/** The plan that the chain has scheduled, as the bytes of its message; `""` where it has none. */
async function currentPlan(validator: Validator): Promise<string> {
  const path = encodeURIComponent('"/cosmos.upgrade.v1beta1.Query/CurrentPlan"');
  const answer = JSON.parse(await validator.get(`abci_query?path=${path}`)) as {
    readonly result?: { readonly response: { readonly value: string | null } };
  };
  return Buffer.from(answer.result?.response.value ?? "", "base64").toString();
}
