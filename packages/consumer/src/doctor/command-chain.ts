import { type Between, betweenOf, isShell } from "./between.ts";
import { baseName } from "./process.ts";
import { shellFate } from "./shell-script.ts";

/** What stands before a node in a command line that has not been started, the nearest to the node first. */
export function betweenInCommand(args: readonly string[]): readonly Between[] {
  const [file] = args;
  if (file === undefined) return [];
  const step = betweenOf({ pid: 0, name: file, args });
  if (step.kind === "shell") {
    const { command, hides } = shellFate(args);
    return [...betweenInCommand(command), ...(hides === undefined ? [] : [step])];
  }
  const end = args.indexOf("--");
  const isWrapper = step.kind === "exec" || step.kind === "init";
  const inner = isWrapper && end >= 0 ? args.slice(end + 1) : args.slice(shellWithin(args));
  return [...betweenInCommand(inner), ...(step.kind === "unknown" ? [] : [step])];
}

/** Index of a shell that a wrapper starts with a script, as `gosu sei sh -c SCRIPT` does; the end where there is none. */
function shellWithin(args: readonly string[]): number {
  const at = args.findIndex(
    (word, index) => index > 0 && isShell(baseName(word)) && /^-[a-z]*c$/i.test(args[index + 1] ?? ""),
  );
  return at < 0 ? args.length : at;
}
