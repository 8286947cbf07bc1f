import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import { describe, expect, it } from "vitest";
import { isAt, PLANS, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const TEXT = 'UPGRADE "v6.7" NEEDED at height: 5: {"upgradeType":"major"}';

describe("a node that knows of no contract", () => {
  it("panics at its plan's height with 2, and again before it serves when it is started again", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    for (const legacy of ["panic", "zombie"]) {
      const node = chain.start("v6.6", "--legacy", legacy);
      expect(await node.ended).toEqual({ code: 2, signal: null });
      expect(node.stderr()).toContain(`ERR ${TEXT}\n`);
      expect(node.stderr()).toContain(`\npanic: ${TEXT}\n\ngoroutine 1 [running]:\n`);
    }
    expect(readFileSync(join(chain.home, "data/upgrade-info.json"), "utf8")).toBe(
      '{"name":"v6.7","height":5,"info":"{\\"upgradeType\\":\\"major\\"}"}',
    );
    expect(readFileSync(join(chain.home, "data/journal.jsonl"), "utf8")).not.toContain("halted");
  });

  it("that lives on serves the height and no intent, and ends with 0 when it is asked to stop", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const node = chain.start("v6.6", "--legacy", "zombie");
    expect(await node.status(isAt(5))).not.toHaveProperty("halt_intent");
    await until("its error", () =>
      node.stderr().includes(`CONSENSUS FAILURE!!! err=${JSON.stringify(TEXT)}`),
    );
    expect((await node.status(() => true)).sync_info.latest_block_height).toBe("5");
    expect(await stop(node)).toEqual({ code: 0, signal: null });
    expect((await chain.start("v6.7", "--halt-height", "6").ended).code).toBe(0);
  });

  it.each([
    ["v6.8", 'BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.8" - in binary but not executed on chain'],
    ["v6.6", "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan"],
  ])("as release %s panics with the text of its halt, and writes no file", async (image, text) => {
    const chain = testChain(temporaryFolder(), PLANS);
    expect((await chain.start("v6.6").ended).code).toBe(70);
    expect((await chain.start("v6.7", "--halt-height", "6").ended).code).toBe(0);
    const file = join(chain.home, "data/upgrade-info.json");
    const before = statSync(file);
    const node = chain.start(image, "--legacy", "panic");
    expect((await node.ended).code).toBe(2);
    expect(node.stderr()).toContain(`panic: ${text}\n`);
    expect(statSync(file).mtimeMs).toBe(before.mtimeMs);
  });
});
