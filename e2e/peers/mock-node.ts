import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, startProgram } from "@upgrade-halt/testing";
import { onTestFinished } from "vitest";
import { mockNodeBin } from "./mock-node-bin.ts";

const LISTENING = /^RPC listening on (\S+)$/;

/** A mock node that runs until the test ends. */
export interface PeeredNode {
  readonly url: string;
  readonly home: string;
  readonly program: Program;
}

export type Flavor = "sei" | "cometbft";

/** An empty folder that goes when the test ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "peers-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a mock node whose chain has 20 ms blocks and these plans. It has no plan's handler, and stays alive. */
export async function startMockNode(flavor: Flavor, plans: readonly object[] = []): Promise<PeeredNode> {
  const folder = testFolder();
  const plansFile = join(folder, "plans.json");
  writeFileSync(plansFile, JSON.stringify(plans));
  const home = join(folder, "home");
  const args = [
    ...[
      "start",
      "--halt-stay-alive",
      "--home",
      home,
      "--flavor",
      flavor,
      "--image",
      "v5.7.5",
      "--plans",
      plansFile,
    ],
    ...["--rpc.laddr", "tcp://127.0.0.1:0", "--block-time", "20ms", "--chain-id", "peers-1"],
  ];
  let url: string | undefined;
  const program = await startProgram("mock-node", process.execPath, [mockNodeBin(), ...args], {
    ready: ({ lines }) => {
      url = LISTENING.exec(lines()[0] ?? "")?.[1];
      return url;
    },
  });
  onTestFinished(async () => void (await program.stop()));
  if (url === undefined) throw new Error("the mock node is ready and did not say where");
  return { url, home, program };
}
