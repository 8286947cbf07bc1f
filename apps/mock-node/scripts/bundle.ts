/**
 * Puts the built modules of the program and all that they need into few files, `dist/program`: nodes are started by the hundred, and a
 * third of a start was spent on finding and linking the files of its packages one by one. What only some need, such as a WebSocket
 * server, is in files of its own, which are loaded when it is asked for. The contract stays where it is: it looks for its zod beside itself,
 * when there is something to check.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

const DIST = join(import.meta.dirname, "../dist");
/** As deep as the folders of `dist`, since the program finds its package by its own place. */
const PROGRAM = join(DIST, "program");

await rm(PROGRAM, { recursive: true, force: true });
const build = await rolldown({
  input: join(DIST, "main.js"),
  platform: "node",
  external: ["@upgrade-halt/contract"],
});
await build.write({ dir: PROGRAM, comments: false, chunkFileNames: "[name].js" });
await build.close();
