import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as consumer from "./index.ts";

/** Imports the module in a Node of its own and prints every module of undici that this loads. */
const PRINT_LOADED = `
import { createRequire } from "node:module";
await import(process.argv[1]);
console.log(Object.keys(createRequire(process.argv[1]).cache).filter((file) => file.includes("undici")).join("\\n"));
`;

test("loads undici's agent and none of its fetch", async () => {
  const module = new URL("../dist/index.js", import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    PRINT_LOADED,
    module,
  ]);
  expect(stdout).toContain("/dispatcher/agent.js");
  expect(stdout).not.toContain("/web/fetch/");
});

test("exports these names and no others", () => {
  expect(Object.keys(consumer).sort()).toEqual([
    "ACTIONS",
    "CHOICES",
    "DECISIONS",
    "HALT_SOURCES",
    "MEANINGS",
    "classify",
    "decodeStatus",
    "evidenceFromChildExit",
    "evidenceFromContainerStatus",
    "evidenceFromDocker",
    "evidenceFromExitCode",
    "evidenceFromPod",
    "evidenceFromSystemd",
    "findPlanLines",
    "mergeEvidence",
    "parsePlanLine",
    "printable",
    "readStatus",
    "recommend",
    "sightingOf",
    "watchNode",
  ]);
});
