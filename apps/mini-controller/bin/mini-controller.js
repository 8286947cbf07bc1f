#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Before anything else is loaded: an older Node stops with a stack trace somewhere in a dependency.
const found = process.versions.node;
const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = engines.node.slice(">=".length).split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `mini-controller: needs Node ${engines.node} and found ${found}; start it with a newer one\n`,
  );
  process.exit(1);
}
const { main } = createRequire(import.meta.url)("../dist/program/main.cjs");
process.exitCode = await main(process.argv);
