#!/usr/bin/env node
import { readFileSync } from "node:fs";

// Before anything else is loaded: an older Node stops with a stack trace somewhere in a dependency.
const found = process.versions.node;
const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = engines.node.slice(">=".length).split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(`sandbox: needs Node ${engines.node} and found ${found}; start it with a newer one\n`);
  process.exit(1);
}
// What a cluster answers is garbage at once. V8 would let the young generation grow to 134 MB, and the old one to twice
// what is in use: here the one stays as it begins, and the other grows by a third.
const { setFlagsFromString } = await import("node:v8");
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=30");
await import("../dist/main.js");
