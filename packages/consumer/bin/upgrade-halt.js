#!/usr/bin/env node
// Not imported where Node gives it otherwise: an import of a module of Node reads each of its exports, which loads more than all of this.
const builtIn = async (name) => process.getBuiltinModule?.(name) ?? (await import(name));

// Before anything else is loaded: an older Node stops with a stack trace somewhere in a dependency.
const { readFileSync } = await builtIn("node:fs");
const found = process.versions.node;
const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = engines.node.slice(">=".length).split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `upgrade-halt: needs Node ${engines.node} and found ${found}; start it with a newer one\n`,
  );
  process.exit(1);
}
const { createRequire } = await builtIn("node:module");
createRequire(import.meta.url)("../dist/program/main.cjs");
