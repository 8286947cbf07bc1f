/**
 * Puts the built modules of the program into few files, `dist/program`: a probe starts it often, and most of the time was spent on
 * finding seventy files one by one. The contract and commander, which every command needs, are in them; what else other packages
 * bring is loaded from there, as they are installed.
 *
 * The files are CommonJS: an `import` of a module of Node reads each of its exports, and so loads what they are to load late
 * (that of `node:http` loads a WebSocket client, which takes as long as all of the program), and `require` does not.
 */
import { copyFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const DIST = join(import.meta.dirname, "../dist");
/** As deep as the folders of `dist/cli`, since the program finds its package by its own place. */
const PROGRAM = join(DIST, "program");
/** The packages that the files contain. */
const INSIDE = ["@upgrade-halt/contract", "@upgrade-halt/contract/package.json", "commander"];

/** Commander starts a program for a command that is one of its own. There is none, and the module would be loaded at each start. */
const STARTER = "node:child_process";
const withoutStarter = {
  name: "without-starter",
  resolveId: (id: string, from?: string) => (isStarter(id, from) ? `\0${id}` : null),
  load: (id: string) => (id === `\0${STARTER}` ? "export default {};" : null),
};

/**
 * Commander imports these by their defaults. For such an import the bundle would copy each property of the module at each start; asked
 * for like this, Node gives the module itself.
 */
const WHOLE: readonly string[] = ["node:fs", "node:path", "node:process"];
const MARK = "\0whole:";
const wholeModules = {
  name: "whole-modules",
  resolveId: (id: string, from?: string) => (isWhole(id, from) ? MARK + id : null),
  load: (id: string) =>
    id.startsWith(MARK) ? `export default process.getBuiltinModule("${id.slice(MARK.length)}");` : null,
};

await rm(PROGRAM, { recursive: true, force: true });
const build = await rolldown({
  input: join(DIST, "main.js"),
  platform: "node",
  external: (id, from) =>
    !/^[./]/.test(id) && !INSIDE.includes(id) && !isStarter(id, from) && !isWhole(id, from),
  plugins: [withoutStarter, wholeModules],
});
const names = { entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" };
const minify = { compress: true, mangle: false };
await build.write({ dir: PROGRAM, format: "cjs", comments: false, minify, ...names });
await build.close();
const commander = dirname(fileURLToPath(import.meta.resolve("commander")));
await copyFile(join(commander, "LICENSE"), join(PROGRAM, "commander.LICENSE"));

function isStarter(id: string, from?: string): boolean {
  return id === STARTER && isOfCommander(from);
}

function isWhole(id: string, from?: string): boolean {
  return WHOLE.includes(id) && isOfCommander(from);
}

function isOfCommander(from?: string): boolean {
  return from?.includes("/node_modules/commander/") === true;
}
