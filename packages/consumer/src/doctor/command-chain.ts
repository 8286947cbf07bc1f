import { type Between, betweenOf } from "./between.ts";

/** What stands before a node in a command line that has not been started, the nearest to the node first. */
export function betweenInCommand(args: readonly string[]): readonly Between[] {
  const [file = ""] = args;
  const step = betweenOf({ pid: 0, name: file, args });
  const end = args.indexOf("--");
  if (end < 0 || (step.kind !== "exec" && step.kind !== "init")) {
    return step.kind === "unknown" || step.kind === "shell" ? [] : [step];
  }
  return [...betweenInCommand(args.slice(end + 1)), step];
}
