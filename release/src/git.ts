import { execFileSync } from "node:child_process";
import { ReleaseError } from "./release-error.ts";

/** What git prints, without the last line break; its refusal is a `ReleaseError`. */
export function git(root: string, ...args: readonly string[]): string {
  try {
    return execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  } catch (cause) {
    const { stderr = "" } = cause as { readonly stderr?: string };
    throw new ReleaseError(`git ${args.join(" ")} failed: ${stderr.trim().split("\n")[0]}`, { cause });
  }
}

/** The lines that git prints. */
export function gitLines(root: string, ...args: readonly string[]): readonly string[] {
  return git(root, ...args)
    .split("\n")
    .filter((line) => line !== "");
}
