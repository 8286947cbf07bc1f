import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Program, type ProgramOptions, startProgram, until } from "@upgrade-halt/testing";
import { startCometBftNode } from "../peers/cometbft-node.ts";
import { mockNodeBin } from "../peers/mock-node-bin.ts";

/** A server under load, and the URL of its `/status`. */
export interface StatusServer {
  readonly name: string;
  readonly url: string;
  readonly program: Program;
}

const firstUrl = ({ lines }: Program): string | undefined => /http:\/\/\S+/.exec(lines()[0] ?? "")?.[0];
const ready: ProgramOptions = { ready: firstUrl };

/** `node:http` with fixed bytes: the limit of what a server here can do. */
export async function bareServer(folder: string, body: string): Promise<StatusServer> {
  const file = join(folder, "status.json");
  writeFileSync(file, body);
  const script = join(import.meta.dirname, "bare-server.ts");
  return served("bare node:http", await startProgram("bare", process.execPath, [script, file], ready));
}

/** A mock node of 400 ms blocks, with more flags. */
export async function mockNode(
  name: string,
  folder: string,
  flags: readonly string[] = [],
): Promise<StatusServer> {
  const home = join(folder, name.replaceAll(" ", "-"));
  const args = ["start", "--home", home, "--image", "v6.6", "--rpc.laddr", "tcp://127.0.0.1:0", ...flags];
  return served(name, await startProgram(name, process.execPath, [mockNodeBin(), ...args], ready));
}

/** A mock node that has halted at its first block, and stays alive. */
export async function haltedMockNode(name: string, folder: string): Promise<StatusServer> {
  mkdirSync(folder, { recursive: true });
  const plans = join(folder, "plans.json");
  writeFileSync(plans, JSON.stringify([{ name: "v6.7", height: 1, info: '{"upgradeType":"major"}' }]));
  const node = await mockNode(name, folder, ["--halt-stay-alive", "--plans", plans]);
  await until("the halt", async () => (await (await fetch(node.url)).text()).includes('"halt_intent":{'));
  return node;
}

/** A real CometBFT node with its key-value store, making a block every 400 ms. */
export async function cometBft(folder: string): Promise<StatusServer> {
  const { url: node, program } = await startCometBftNode(join(folder, "cometbft"), "400ms");
  const url = `${node}/status`;
  await until("CometBFT to answer", async () => (await fetch(url)).ok);
  return { name: "CometBFT 0.38.21", url, program };
}

function served(name: string, program: Program): StatusServer {
  return { name, url: `${firstUrl(program)}/status`, program };
}
