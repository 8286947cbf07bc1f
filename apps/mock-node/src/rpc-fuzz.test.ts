import { expect, it } from "vitest";
import { runFuzz } from "./testing/fuzz/fuzz-run.ts";
import { testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

it("a node answers two thousand mutated requests validly, and serves on", async () => {
  const node = testChain(temporaryFolder(), []).start("v6.6");
  const port = Number(new URL(await node.url()).port);
  const { findings, requests } = await runFuzz({ port, seed: 1, runs: 2_000 });
  expect(findings).toEqual([]);
  expect(requests).toBe(2_000);
  expect(await node.get("/health")).toBe("{}");
});
