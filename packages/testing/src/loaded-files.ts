import { spawnSync } from "node:child_process";

const TELL_LOADED = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.startsWith("file:")) process.stderr.write(url + "\\n");
  return next(url, context);
} });`;

/** What a program of Node printed on standard output, and the `file:` URLs of the modules that it loaded, in their order. */
export interface LoadedFiles {
  readonly stdout: string;
  readonly loaded: readonly string[];
}

/** Runs a program to its end. What it says on standard error counts among the URLs. */
export function filesLoadedBy(program: string, ...args: readonly string[]): LoadedFiles {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", preload, program, ...args], {
    encoding: "utf8",
  });
  return { stdout, loaded: stderr.trim().split("\n") };
}
