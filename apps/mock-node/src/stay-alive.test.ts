import { createServer } from "node:http";
import { haltIntentOfStatus } from "@upgrade-halt/contract";
import { until } from "@upgrade-halt/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { isHalted, PLANS, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe("a node that stays alive", () => {
  it("serves its intent until it is stopped, then ends with 70; a restart serves the same intent", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const first = chain.start("v6.6", "--halt-stay-alive");
    const { halt_intent: intent, sync_info: sync } = await first.status(isHalted);
    expect(intent).toMatchObject({
      reason: 70,
      reason_string: "upgrade_required",
      plan_name: "v6.7",
      height: 5,
    });
    expect(sync.latest_block_height).toBe("5");
    expect(JSON.parse(await first.get("/abci_info")).response.last_block_height).toBe("4");
    expect(await first.get("/health")).toBe("{}");
    expect(await stop(first)).toEqual({ code: 70, signal: null });

    const second = chain.start("v6.6", "--halt-stay-alive");
    expect((await second.status(() => true)).halt_intent).toEqual(intent);
    expect(await stop(second, "SIGINT")).toEqual({ code: 70, signal: null });
  });

  it("told to, writes the integers of its intent as texts, and nothing else otherwise", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const numbers = chain.start("v6.6", "--halt-stay-alive");
    await numbers.status(isHalted);
    const plain = await numbers.get("/status");
    await stop(numbers);
    const texts = chain.start("v6.6", "--halt-stay-alive", "--intent-integers", "strings");
    await texts.status(isHalted);
    const field = (body: string) => body.slice(body.indexOf('"halt_intent"'));
    expect(field(await texts.get("/status"))).toBe(
      field(plain).replace('"reason":70,', '"reason":"70",').replace('"height":5,', '"height":"5",'),
    );
    expect(haltIntentOfStatus(JSON.parse(await texts.get("/status")))).toEqual(
      haltIntentOfStatus(JSON.parse(plain)),
    );
    await stop(texts);
  });

  it.each([
    ["v6.8", 71],
    ["v6.6", 72],
  ])("as release %s serves its %d again after a SIGKILL", async (image, reason) => {
    const chain = testChain(temporaryFolder(), PLANS);
    expect((await chain.start("v6.6").ended).code).toBe(70);
    expect((await chain.start("v6.7", "--halt-height", "6").ended).code).toBe(0);
    const first = chain.start(image, "--halt-stay-alive");
    const { halt_intent: intent } = await first.status(isHalted);
    expect(intent).toMatchObject({ reason });
    await stop(first, "SIGKILL");
    const second = chain.start(image, "--halt-stay-alive");
    expect((await second.status(() => true)).halt_intent).toEqual(intent);
    expect((await stop(second)).code).toBe(reason);
  });

  it("serves its intent again before it replays the block that it halted at", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    expect((await chain.start("v6.6").ended).code).toBe(70);
    const node = chain.start("v6.6", "--halt-stay-alive", "--fault-panic-at", "5");
    expect(await node.status(() => true)).toMatchObject({ halt_intent: { reason: 70, plan_name: "v6.7" } });
    expect(await stop(node)).toEqual({ code: 70, signal: null });
  });

  it("goes on without a trace of the halt once it is the release that was needed", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const halted = chain.start("v6.6", "--halt-stay-alive");
    await halted.status(isHalted);
    await stop(halted, "SIGKILL");
    const next = chain.start("v6.7", "--halt-stay-alive");
    const status = await next.status(({ sync_info: sync }) => Number(sync.latest_block_height) > 5);
    expect(status).not.toHaveProperty("halt_intent");
  });

  it("stops at once on a second signal, when its shutdown hangs", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const node = chain.start(
      "v6.6",
      "--halt-stay-alive",
      "--fault-hang-shutdown",
      "--shutdown-timeout",
      "1h",
    );
    await node.status(isHalted);
    const again = setInterval(() => node.child.kill("SIGTERM"), 10);
    onTestFinished(() => clearInterval(again));
    expect(await node.ended).toEqual({ code: 70, signal: null });
  });

  it("ends with 70 on SIGQUIT too, with a Go program's dump", async () => {
    const node = testChain(temporaryFolder(), PLANS).start("v6.6", "--halt-stay-alive");
    await node.status(isHalted);
    expect(await stop(node, "SIGQUIT")).toEqual({ code: 70, signal: null });
    expect(node.stderr()).toContain("SIGQUIT: quit");
  });

  it("goes on when nobody reads its output any more", async () => {
    const node = testChain(temporaryFolder(), PLANS).start("v6.6", "--halt-stay-alive");
    const url = await node.url();
    node.child.stdout?.destroy();
    node.child.stderr?.destroy();
    const status = await until("the halt", async () => {
      const body = await (await fetch(`${url}/status`)).text();
      return body.includes('"halt_intent":{') ? body : undefined;
    });
    expect(status).toContain('"reason":70');
    expect(await stop(node)).toEqual({ code: 70, signal: null });
  });

  it("ends with 70 when it can't even listen", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    await chain.start("v6.6").ended;
    const taken = createServer();
    onTestFinished(() => void taken.close());
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const node = chain.start("v6.6", "--halt-stay-alive", "--rpc.laddr", `tcp://127.0.0.1:${port}`);
    expect(await node.ended).toEqual({ code: 70, signal: null });
  });
});
