// The script of the one file. The program's chunks lie beside it as assets, and each is compiled once it is asked for: a probe
// that asks for little would else wait until all of the program was read.
const { getAsset } = require("node:sea");
const { compileFunction } = require("node:vm");

const chunks = new Map();

function load(name) {
  const loaded = chunks.get(name);
  if (loaded !== undefined) return loaded.exports;
  const chunk = { exports: {} };
  chunks.set(name, chunk);
  const run = compileFunction(getAsset(name, "utf8"), ["exports", "require", "module"], { filename: name });
  run(chunk.exports, (id) => (id.startsWith("./") ? load(id.slice("./".length)) : require(id)), chunk);
  return chunk.exports;
}

load("main.js");
