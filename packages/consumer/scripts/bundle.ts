/**
 * Puts the built modules of the program into few files, `dist/program`: a probe starts it often, and most of the time was spent on
 * finding seventy files one by one. What other packages bring is loaded from there, as they are installed.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

const DIST = join(import.meta.dirname, "../dist");
/** As deep as the folders of `dist/cli`, since the program finds its package by its own place. */
const PROGRAM = join(DIST, "program");

await rm(PROGRAM, { recursive: true, force: true });
const build = await rolldown({
  input: join(DIST, "main.js"),
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("/"),
});
await build.write({ dir: PROGRAM, format: "esm", chunkFileNames: "[name].js" });
await build.close();
