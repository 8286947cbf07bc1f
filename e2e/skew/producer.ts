import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, startProgram, until } from "@upgrade-halt/testing";
import { entryOf, FUTURE, type Generation } from "./generations.ts";

/** Codes that every contract has, and those of a later one. */
export const KNOWN = [70, 71, 72] as const;
export const LATER = [73, 80] as const;
export type Code = (typeof KNOWN | typeof LATER)[number];

/** The codes that the nodes of a generation may end with. */
export function codesOf(generation: Generation): readonly Code[] {
  return generation === FUTURE ? [...KNOWN, ...LATER] : KNOWN;
}

/** What makes a node halt so: its release, and the chain's plan. */
const CAUSES: Readonly<
  Record<Code, { readonly image: string; readonly height: number; readonly info: string }>
> = {
  70: { image: "v6.6", height: 2, info: "" },
  71: { image: "v6.7", height: 1_000_000, info: "" },
  // Of a minor release the handler may come before its height.
  72: { image: "v6.6", height: 2, info: '{"upgradeType":"minor"}' },
  73: { image: "v6.6", height: 2, info: "73" },
  80: { image: "v6.6", height: 2, info: "80" },
};

/** A node's home and command line, with which it halts with a code as often as it is started. */
export interface HaltingHome {
  /** For `node`. */
  readonly command: readonly string[];
  /** Starts it to go on serving after its halt; resolves with its RPC address once that is announced. */
  serve(): Promise<{ readonly url: string; stop(): Promise<number | null> }>;
  remove(): void;
}

export async function haltingHome(generation: Generation, code: Code): Promise<HaltingHome> {
  const folder = mkdtempSync(join(tmpdir(), "skew-node-"));
  const { image, height, info } = CAUSES[code];
  const plans = join(folder, "plans.json");
  writeFileSync(plans, JSON.stringify([{ name: "v6.7", height, info }]));
  const commandOf = (version: string) => [
    entryOf(generation, "mock-node"),
    ...["start", "--home", join(folder, "home"), "--plans", plans, "--image", version],
    ...["--block-time", "50ms", "--rpc.laddr", "tcp://127.0.0.1:0", "--port-file", join(folder, "port")],
  ];
  const start = async (version: string, ...more: readonly string[]) => {
    rmSync(join(folder, "port"), { force: true });
    const node = await startProgram("mock-node", process.execPath, [...commandOf(version), ...more]);
    return { node, url: await addressOf(node, join(folder, "port")) };
  };
  if (code === 72) {
    const { node, url } = await start("v6.7");
    await until(
      "the upgrade to be applied",
      async () => Number((await statusOf(url)).sync_info.latest_block_height) > height,
    );
    await node.stop();
  }
  return {
    command: commandOf(image),
    async serve() {
      const { node, url } = await start(image, "--halt-stay-alive");
      await until("the halt to be announced", async () => (await statusOf(url)).halt_intent !== undefined, {
        explain: () => node.output(),
      });
      return { url, stop: async () => (await node.stop()).code };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function addressOf(node: Program, file: string): Promise<string> {
  const port = await until("the node to serve", () => readFileSync(file, "utf8").trim(), {
    explain: () => node.output(),
  });
  return `http://127.0.0.1:${port}`;
}

interface Status {
  readonly sync_info: { readonly latest_block_height: string };
  readonly halt_intent?: object;
}

async function statusOf(url: string): Promise<Status> {
  return (await (await fetch(`${url}/status`)).json()) as Status;
}
