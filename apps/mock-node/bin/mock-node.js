#!/usr/bin/env node
import { readFileSync } from "node:fs";

// Before anything else is loaded: an older Node stops with a stack trace somewhere in a dependency.
const found = process.versions.node;
const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = engines.node.slice(">=".length).split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `mock-node: needs Node ${engines.node} and found ${found}; start it with a newer one\n`,
  );
  process.exit(1);
}

// Many nodes are started on one machine; compiled code is kept for the next one.
const { enableCompileCache } = await import("node:module");
enableCompileCache();
await import("../dist/program/main.js");
