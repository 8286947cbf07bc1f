import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { describe, expect, it } from "vitest";
import { isAt, PLANS, runProgram, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe("a node that has not halted", () => {
  it("ends with 2 and a dump on SIGQUIT", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6");
    await node.url();
    expect(await stop(node, "SIGQUIT")).toEqual({ code: 2, signal: null });
    expect(node.stderr()).toContain("goroutine 1 [running]:");
  });

  it("keeps its height over a SIGKILL and a restart", async () => {
    const chain = testChain(temporaryFolder(), []);
    const first = chain.start("v6.6");
    const { sync_info: before } = await first.status(isAt(5));
    await stop(first, "SIGKILL");
    const second = chain.start("v6.6", "--block-time", "1h");
    const { sync_info: after } = await second.status(() => true);
    expect(Number(after.latest_block_height)).toBeGreaterThanOrEqual(Number(before.latest_block_height));
  });

  it("stops after --halt-height with 0, and before --freeze-height while it serves on", async () => {
    const chain = testChain(temporaryFolder(), []);
    expect(await chain.start("v6.6", "--halt-height", "4").ended).toEqual({ code: 0, signal: null });
    const frozen = chain.start("v6.6", "--freeze-height", "8");
    await until("the freeze", () => (frozen.stderr().includes("freeze-height reached") ? true : undefined));
    expect((await frozen.status(() => true)).sync_info.latest_block_height).toBe("7");
    expect(await stop(frozen)).toEqual({ code: 0, signal: null });
    const late = chain.start("v6.6", "--freeze-height", "6");
    await until("the freeze", () => (late.stderr().includes("freeze-height reached") ? true : undefined));
    expect((await late.status(() => true)).sync_info.latest_block_height).toBe("7");
  });

  it("waits before each of --hold-heights for a SIGUSR2 of its own, and serves meanwhile", async () => {
    const node = testChain(temporaryFolder(), []).start("v6.6", "--hold-heights", "4,6");
    for (const before of ["3", "5"]) {
      await node.status(isAt(Number(before)));
      for (let asked = 0; asked < 20; asked += 1)
        expect((await node.status(() => true)).sync_info.latest_block_height).toBe(before);
      node.child.kill("SIGUSR2");
    }
    await node.status(isAt(8));
  });

  it("does not wait where SIGUSR2 came before, or the block was made by an earlier run", async () => {
    const chain = testChain(temporaryFolder(), []);
    const first = chain.start("v6.6", "--block-time", "200ms", "--hold-heights", "2");
    await first.url();
    first.child.kill("SIGUSR2");
    await first.status(isAt(3));
    await stop(first);
    await chain.start("v6.6", "--hold-heights", "2").status(isAt(5));
  });

  it("ends with 1, without an intent or a line, when its halt can't be written down", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    mkdirSync(join(chain.home, "data/upgrade-info.json"), { recursive: true });
    const node = chain.start("v6.6", "--halt-stay-alive");
    expect(await node.ended).toEqual({ code: 1, signal: null });
    expect(node.stderr()).toMatch(/no graceful halt for 70: .*upgrade-info\.json could not be written/);
    expect(node.stderr()).not.toContain("UPGRADE");
  });

  it("writes its port to --port-file, and takes its image from the environment", async () => {
    const folder = temporaryFolder();
    const portFile = join(folder, "port");
    const args = ["start", "--home", folder, "--rpc.laddr", "tcp://127.0.0.1:0", "--port-file", portFile];
    const node = runProgram(args, { MOCK_NODE_IMAGE: "v6.6" });
    const url = await node.url();
    await until("the port file", () => (existsSync(portFile) ? true : undefined));
    expect(`http://127.0.0.1:${readFileSync(portFile, "utf8")}`).toBe(`${url}\n`);
    expect(JSON.parse(await node.get("/status")).application_info.version).toBe("v6.6");
  });
});
