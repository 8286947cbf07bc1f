import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Chain } from "./programs.ts";
import { type TomlSettings, withSettings } from "./toml.ts";
import type { Validator } from "./validator.ts";

export const CHAIN_ID = "halting-1";
/** Seconds in which a proposal can be voted on. */
export const VOTING_SECONDS = 5;

/** Fills the home folders of a new chain's validators: keys, a common genesis, peers, and a block each half second. */
export async function fillHomes(
  chain: Chain,
  validators: readonly Validator[],
  folder: string,
): Promise<void> {
  await FILLERS[chain](validators, folder);
  for (const validator of validators) {
    rewrite(join(validator.home, "config", "config.toml"), (toml) =>
      withSettings(toml, consensusOf(validator)),
    );
    rewrite(join(validator.home, "config", "app.toml"), (toml) => withSettings(toml, APP));
    rewrite(join(validator.home, "config", "genesis.json"), withShortVotes);
  }
}

/** Changes the text of a file. */
export function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

type Filler = (validators: readonly Validator[], folder: string) => Promise<void>;
const FILLERS: Readonly<Record<Chain, Filler>> = { simd: fillByTestnet, sdk: fillByHand };
const KEYRING = ["--keyring-backend", "test"];
const run = promisify(execFile);

/** With the SDK's own command for test networks. */
async function fillByTestnet(validators: readonly Validator[], folder: string): Promise<void> {
  const [{ program, address }] = validators as [Validator];
  await run(program, [
    ...["testnet", "--v", `${validators.length}`, "--output-dir", folder, "--chain-id", CHAIN_ID],
    ...["--node-daemon-home", "simd", "--starting-ip-address", address, ...KEYRING],
    ...["--home", join(folder, "command")],
  ]);
}

/** With the commands of an operator: keys, accounts and a gentx each, collected by the first. */
async function fillByHand(validators: readonly Validator[]): Promise<void> {
  const [first] = validators as [Validator];
  const accounts = await Promise.all(validators.map(initialise));
  for (const account of accounts)
    await run(first.program, [
      "genesis",
      "add-genesis-account",
      account,
      "500000000stake",
      "--home",
      first.home,
    ]);
  const genesis = ({ home }: Validator) => join(home, "config", "genesis.json");
  const others = validators.filter((validator) => validator !== first);
  for (const validator of others) copyFileSync(genesis(first), genesis(validator));
  const ids = await Promise.all(validators.map(sign));
  const gentxs = ({ home }: Validator) => join(home, "config", "gentx");
  for (const validator of others)
    for (const file of readdirSync(gentxs(validator)))
      copyFileSync(join(gentxs(validator), file), join(gentxs(first), file));
  await run(first.program, ["genesis", "collect-gentxs", "--home", first.home]);
  for (const validator of others) copyFileSync(genesis(first), genesis(validator));
  for (const validator of validators) {
    const peers = validators.map(({ address }, i) => `${ids[i]}@${address}:26656`);
    peers.splice(validators.indexOf(validator), 1);
    rewrite(join(validator.home, "config", "config.toml"), (toml) =>
      withSettings(toml, { p2p: { persistent_peers: peers.join(",") } }),
    );
  }
}

/** Makes a home folder and a key; resolves to the account of the key. */
async function initialise({ program, home, name }: Validator): Promise<string> {
  mkdirSync(home, { recursive: true });
  await run(program, ["init", name, "--chain-id", CHAIN_ID, "--home", home]);
  const key = ["keys", "add", name, ...KEYRING, "--home", home];
  await run(program, key);
  const { stdout } = await run(program, ["keys", "show", name, "--address", ...KEYRING, "--home", home]);
  return stdout.trim();
}

/** Makes a validator's gentx; resolves to its node's id. */
async function sign({ program, home, name }: Validator): Promise<string> {
  const where = ["--chain-id", CHAIN_ID, "--home", home];
  await run(program, ["genesis", "gentx", name, "100000000stake", ...KEYRING, ...where]);
  const { stdout, stderr } = await run(program, ["comet", "show-node-id", "--home", home]);
  return `${stdout}${stderr}`.trim();
}

function consensusOf({ address }: Validator): TomlSettings {
  return {
    rpc: { laddr: `tcp://${address}:26657`, pprof_laddr: "" },
    p2p: {
      laddr: `tcp://${address}:26656`,
      addr_book_strict: false,
      allow_duplicate_ip: true,
      pex: false,
    },
    consensus: { timeout_commit: "500ms", timeout_propose: "1s" },
  };
}

const APP: TomlSettings = {
  "": { pruning: "nothing", "minimum-gas-prices": "0stake" },
  api: { enable: false },
  grpc: { enable: false },
  "grpc-web": { enable: false },
};

function withShortVotes(json: string): string {
  const genesis = JSON.parse(json);
  const { voting_params, params } = genesis.app_state.gov;
  const votes = params ?? voting_params;
  votes.voting_period = `${VOTING_SECONDS}s`;
  if (votes.expedited_voting_period) votes.expedited_voting_period = `${VOTING_SECONDS - 1}s`;
  return JSON.stringify(genesis);
}
