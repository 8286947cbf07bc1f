import { equal } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";

// The README's node halts: with the reason's code, after its file was whole on disk.
mkdirSync("data", { recursive: true });
const program = 'const { haltFor } = await import("./producer-0.ts"); await haltFor("v6.7", 100);';
const { status, stderr } = spawnSync(
  process.execPath,
  ["--no-warnings", "--input-type=module", "--eval", program],
  { encoding: "utf8" },
);
equal(status, 70, stderr);
equal(readFileSync("data/upgrade-info.json", "utf8"), '{"name":"v6.7","height":100}');
