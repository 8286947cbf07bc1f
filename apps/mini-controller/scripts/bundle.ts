/**
 * Puts the built modules of the program and all that they need into few files, `dist/program`: half of a start was spent on finding
 * and linking four hundred files one by one, and what that leaves stays in memory. What only some need, such as client-node, is in
 * files of its own, which are loaded when it is asked for.
 *
 * The files are CommonJS: an `import` of a module of Node reads each of its exports, and so loads what nobody asks for, and
 * `require` does not.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

const DIST = join(import.meta.dirname, "../dist");
/** As deep as the folders of `dist`, since the program finds its package by its own place. */
const PROGRAM = join(DIST, "program");

await rm(PROGRAM, { recursive: true, force: true });
const build = await rolldown({ input: join(DIST, "main.js"), platform: "node" });
const names = { entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" };
await build.write({ dir: PROGRAM, format: "cjs", comments: false, sourcemap: true, ...names });
await build.close();
