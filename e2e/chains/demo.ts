/**
 * The demo on a real chain: `node chains/demo.ts [--json]`. Four validators vote for an upgrade and halt for it in pods of
 * the sandbox, under `upgrade-halt exec --announce`; the controller swaps their releases. Told by the demo's own events.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  columnsOf,
  EventLog,
  jsonLinesReader,
  runScenario,
  terminalReader,
  untilStopped,
} from "@upgrade-halt/sandbox";
import { DEMO_PLAN, demoObjects, demoScenario } from "./demo-scenario.ts";
import { planChain } from "./halting-chain.ts";
import { CHAINS, programPath } from "./programs.ts";

const INTERRUPTED = 130;

if (!existsSync(programPath("simd"))) {
  if (spawnSync("go", ["version"]).error !== undefined) {
    process.stderr.write(
      "demo:chain runs a real chain, which is built with Go, and there is no Go here. Install Go 1.26 (https://go.dev/dl), or see the same with a stand-in: npx --yes pnpm@12.21.0 run demo\n",
    );
    process.exit(1);
  }
  // What it says goes to standard error: standard output is the events'.
  execFileSync(process.execPath, [join(import.meta.dirname, "build.ts"), "simd"], {
    stdio: ["ignore", 2, 2],
  });
}

const write = (text: string): void => void process.stdout.write(text);
const reader = process.argv.includes("--json")
  ? jsonLinesReader(write)
  : terminalReader({ write, columns: columnsOf(process.stdout) });
const stopping = untilStopped();
new EventLog([reader]).tell({
  kind: "chapter",
  title: `Four validators of a real chain (${CHAINS.simd.sdk}, ${CHAINS.simd.consensus}) propose ${DEMO_PLAN}, and vote for it. That takes some 20 seconds.`,
});
const { network, plan } = await planChain("simd", { name: DEMO_PLAN });
try {
  const scenario = demoScenario(plan);
  const objects = await demoObjects(scenario, network, plan);
  const broken = await runScenario(scenario, { readers: [reader], stopping, objects });
  process.exitCode = broken === undefined ? INTERRUPTED : Math.min(broken, 1);
} finally {
  await network[Symbol.asyncDispose]();
}
