import { classify, readStatus, sightingOf } from "@upgrade-halt/consumer";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../harness/wait.ts";
import { startCometBftNode } from "./cometbft-node.ts";
import { testFolder } from "./mock-node.ts";

async function startCometBft(): Promise<string> {
  const { url, program } = await startCometBftNode(testFolder(), "100ms");
  onTestFinished(async () => void (await program.stop()));
  await until(async () => (await readStatus(url)).kind === "ok", { what: "CometBFT to answer" });
  return url;
}

it("a real CometBFT node reads as running, without an intent", async () => {
  const url = await startCometBft();
  const reading = await until(
    async () => {
      const result = await readStatus(url);
      return result.kind === "ok" && (result.node.height ?? 0) > 0 && result;
    },
    { what: "CometBFT's first block" },
  );
  expect(reading.envelope).toBe("json-rpc");
  expect(reading.node.haltIntent).toEqual({ kind: "absent" });
  expect(classify({ status: sightingOf(reading) })).toMatchObject({ kind: "running" });
});
