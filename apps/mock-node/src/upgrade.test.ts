import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAt, PLANS, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe("a chain that comes to its upgrade", () => {
  it("halts with 70, is carried on by the next release, and refuses one too new (71) and the old one (72)", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    const old = chain.start("v6.6");
    expect(await old.ended).toEqual({ code: 70, signal: null });
    const line = 'UPGRADE "v6.7" NEEDED at height: 5: {"upgradeType":"major"}';
    expect(old.stderr().split("\n")).toContain(line);

    const info = join(chain.home, "data/upgrade-info.json");
    expect(readFileSync(info, "utf8")).toBe(
      '{"name":"v6.7","height":5,"info":"{\\"upgradeType\\":\\"major\\"}"}',
    );
    expect(statSync(info).mode & 0o777).toBe(0o600);

    const next = chain.start("v6.7");
    expect(await next.status(isAt(8))).not.toHaveProperty("halt_intent");
    expect(await stop(next)).toEqual({ code: 0, signal: null });

    const tooNew = chain.start("v6.8");
    expect(await tooNew.ended).toEqual({ code: 71, signal: null });
    expect(tooNew.stderr()).toContain('BINARY UPDATED BEFORE TRIGGER! UPGRADE "v6.8"');

    const downgraded = chain.start("v6.6");
    expect(await downgraded.ended).toEqual({ code: 72, signal: null });
    expect(downgraded.stderr()).toContain(
      "Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan",
    );

    const back = chain.start("v6.7");
    await back.status(isAt(10));
    expect(await stop(back)).toEqual({ code: 0, signal: null });
  });

  it("says the same again with 70 when the old release is started again, without ever listening", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    await chain.start("v6.6").ended;
    const again = chain.start("v6.6");
    expect(await again.ended).toEqual({ code: 70, signal: null });
    expect(again.stdout()).toBe("");
    expect(again.stderr()).toContain('\nUPGRADE "v6.7" NEEDED at height: 5: ');
  });

  it("goes through several plans in a row", async () => {
    const chain = testChain(temporaryFolder(), [
      { name: "a", height: 3 },
      { name: "b", height: 4 },
      { name: "c", height: 6 },
    ]);
    for (const image of ["z", "a", "b"]) expect((await chain.start(image).ended).code).toBe(70);
    const last = chain.start("c");
    await last.status(isAt(8));
    expect(await stop(last, "SIGINT")).toEqual({ code: 0, signal: null });
  });

  it("passes a cancelled plan, and one that the operator skips", async () => {
    const chain = testChain(temporaryFolder(), [
      { name: "a", height: 5, cancelled_at: 4 },
      { name: "b", height: 6 },
    ]);
    const node = chain.start("z", "--unsafe-skip-upgrades", "6");
    await node.status(isAt(9));
    await stop(node);
    const later = chain.start("z");
    await later.status(isAt(12));
    expect((await stop(later)).code).toBe(0);
  });

  it("speaks of a minor release to come every 100 blocks", async () => {
    const chain = testChain(temporaryFolder(), [
      { name: "v6.7", height: 9_999, info: '{"upgradeType":"MINOR"}' },
    ]);
    const node = chain.start(
      "v6.6",
      ...["--initial-height", "198", "--halt-height", "301", "--block-time", "1ms", "--log-format", "json"],
    );
    expect((await node.ended).code).toBe(0);
    const lines = node.stderr().split("\n");
    const said = lines.filter((line) => line.includes("SCHEDULED")).map((line) => JSON.parse(line).msg);
    const line = 'UPGRADE "v6.7" SCHEDULED at height: 9999: {"upgradeType":"MINOR"}';
    expect(said).toEqual([line, line]);
  });
});
