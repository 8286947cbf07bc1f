import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Prints, at a program's end, the files that it loaded. */
const TELL = `process.on("exit", () => process.stderr.write("\\nLOADED " +
  JSON.stringify(Object.keys(require.cache).filter((file) => file !== __filename)) + "\\n"));`;

/**
 * A program that is made of the same files as \`command\` loads, in one file, and runs none of them: what Node takes to read and to
 * compile so much, and to start. It lies in a folder that \`remove\` removes.
 */
export function onlyStarts(command: readonly string[], env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-halt-only-starts-"));
  const preload = join(folder, "tell.cjs");
  writeFileSync(preload, TELL);
  const [node = "", ...words] = command;
  const { stderr } = spawnSync(node, ["--require", preload, ...words], { encoding: "utf8", env });
  const [, loaded] = /^LOADED (.*)$/m.exec(stderr) ?? [];
  if (loaded === undefined) throw new Error(`${command.join(" ")} does not tell what it loaded: ${stderr}`);
  const files: readonly string[] = JSON.parse(loaded);
  const program = join(folder, "only-starts.cjs");
  const texts = files.map((file) => readFileSync(file, "utf8").replace(/^#!.*/, ""));
  const sources = texts.map((text, index) => (files[index]?.endsWith(".json") ? `(${text})` : text));
  writeFileSync(
    program,
    sources.map((text) => `(function (exports, require, module) {${text}\n});\n`).join(""),
  );
  return {
    command: [node, program],
    kib: sources.join("").length / 1_024,
    files: files.length,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
