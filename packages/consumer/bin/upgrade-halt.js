#!/usr/bin/env node
// CommonJS, as `bin/package.json` says: for a first file that is a module Node sets up all that loads modules, and the rest has none.
const { readFileSync } = require("node:fs");

// Before anything else is loaded: an older Node stops with a stack trace somewhere in a dependency.
const found = process.versions.node;
const { engines } = JSON.parse(readFileSync(`${__dirname}/../package.json`, "utf8"));
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = engines.node.slice(">=".length).split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `upgrade-halt: needs Node ${engines.node} and found ${found}; start it with a newer one\n`,
  );
  process.exit(1);
}
require("../dist/program/main.cjs");
