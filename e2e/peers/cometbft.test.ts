import { classify, readStatus, sightingOf } from "@upgrade-halt/consumer";
import { until } from "@upgrade-halt/testing";
import { expect, it, onTestFinished } from "vitest";
import { startCometBftNode } from "./cometbft-node.ts";
import { testFolder } from "./mock-node.ts";

async function startCometBft(): Promise<string> {
  const { url, program } = await startCometBftNode(testFolder(), "100ms");
  onTestFinished(async () => void (await program.stop()));
  await until("CometBFT to answer", async () => (await readStatus(url)).kind === "ok");
  return url;
}

it("a real CometBFT node reads as running, without an intent", async () => {
  const url = await startCometBft();
  const reading = await until("CometBFT's first block", async () => {
    const result = await readStatus(url);
    return result.kind === "ok" && (result.node.height ?? 0) > 0 && result;
  });
  expect(reading.envelope).toBe("json-rpc");
  expect(reading.node.haltIntent).toEqual({ kind: "absent" });
  expect(classify({ status: sightingOf(reading) })).toMatchObject({ kind: "running" });
});
