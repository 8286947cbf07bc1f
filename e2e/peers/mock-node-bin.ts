import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Path of the mock node's program, for `node`. */
export function mockNodeBin(): string {
  const manifest = createRequire(import.meta.url).resolve("@upgrade-halt/mock-node/package.json");
  return join(dirname(manifest), "bin", "mock-node.js");
}
