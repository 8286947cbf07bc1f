import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "@upgrade-halt/testing";
import { describe, expect, it } from "vitest";
import { startMockNode, testFolder } from "./mock-node.ts";
import { pathOf } from "./programs.ts";

/** The plans that Sei's chains have had, with info of every kind in turn, the empty one first. */
const NAMES = [
  ...["v5.8.0", "v5.9.0", "v6.0.0", "v6.0.1", "v6.0.2", "v6.0.3", "v6.0.4", "v6.0.5", "v6.0.6"],
  ...["v6.1.0", "v6.1.4", "v6.2.0", "v6.3.0", "v6.4.0", "v6.5", "v6.6", "v6.7"],
];
const INFOS = [
  "",
  '{"upgradeType":"major"}',
  "https://example.org/v6.5?a=1&b=2",
  '<go> & build é😀 \u2028 "quoted"',
  "two\nlines",
] as const;
const PLANS = NAMES.map((name, index) => ({ name, info: INFOS[index % INFOS.length] ?? "" }));
const HEIGHT = 2;

async function go(command: string, path: string) {
  const { stdout } = await promisify(execFile)(pathOf("peer"), [command, path]);
  return JSON.parse(stdout);
}

describe.each(PLANS)("for the plan $name with the info $info", ({ name, info }) => {
  it("Go reads and writes our files and our intent to the byte, and cosmovisor finds our line", async () => {
    const node = await startMockNode("sei", [{ name, height: HEIGHT, info }]);
    const body = await until("the halt", async () => {
      const text = await (await fetch(`${node.url}/status`)).text();
      return text.includes('"halt_intent"') && text;
    });
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
