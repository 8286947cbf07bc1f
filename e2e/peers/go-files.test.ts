import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { until } from "../harness/wait.ts";
import { startMockNode, testFolder } from "./mock-node.ts";
import { pathOf } from "./programs.ts";

/** Plans as chains have had them, and info of every kind, the empty one among them. */
const PLANS = [
  { name: "v6.7", info: "" },
  { name: "v6.0.1", info: '{"upgradeType":"major"}' },
  { name: "v6.5", info: "https://example.org/v6.5?a=1&b=2" },
  { name: "v5.8.0", info: '<go> & build é😀 \u2028 "quoted"' },
  { name: "v6.1.4", info: "two\nlines" },
];
const HEIGHT = 2;

async function go(command: string, path: string) {
  const { stdout } = await promisify(execFile)(pathOf("peer"), [command, path]);
  return JSON.parse(stdout);
}

describe.each(PLANS)("for the plan $name with the info $info", ({ name, info }) => {
  it("Go reads and writes our files and our intent to the byte, and cosmovisor finds our line", async () => {
    const node = await startMockNode("sei", [{ name, height: HEIGHT, info }]);
    const body = await until(
      async () => {
        const text = await (await fetch(`${node.url}/status`)).text();
        return text.includes('"halt_intent"') && text;
      },
      { what: "the halt" },
    );
    const folder = testFolder();

    const upgradeInfo = join(node.home, "data/upgrade-info.json");
    expect(await go("upgrade-info", upgradeInfo)).toEqual({
      value: { name, height: HEIGHT, ...(info !== "" && { info }) },
      bytes: readFileSync(upgradeInfo, "utf8"),
    });

    const intentBytes = body.slice(body.indexOf('"halt_intent":') + '"halt_intent":'.length, -1);
    const intentFile = join(folder, "intent.json");
    writeFileSync(intentFile, intentBytes);
    const intent = await go("intent", intentFile);
    expect(intent.bytes).toBe(intentBytes);
    expect(intent.value).toMatchObject({
      reason: 70,
      reason_string: "upgrade_required",
      plan_name: name,
      height: HEIGHT,
    });

    const outputFile = join(folder, "output");
    writeFileSync(outputFile, node.program.output());
    const { matches } = await go("scan", outputFile);
    expect(matches.length).toBeGreaterThan(0);
    for (const match of matches) expect([match[1], match[4]]).toEqual([name, `${HEIGHT}`]);
  });
});
