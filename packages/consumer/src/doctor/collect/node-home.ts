import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ProcessFacts } from "../process.ts";
import { openFilesOf } from "./process-table.ts";

/** `--home` of a node's own command line, as the node means it: the last one counts. */
export function homeOfNode({ args, cwd }: ProcessFacts): string | undefined {
  const at = args.findLastIndex((word) => /^--home(?:=|$)/.test(word));
  const joined = args[at]?.startsWith("--home=") === true;
  const home = joined ? args[at]?.slice("--home=".length) : at < 0 ? undefined : args[at + 1];
  return home === undefined || cwd === undefined ? home : resolve(cwd, home);
}

/** The home whose databases a process has open. */
export function homeOpenedBy(pid: number): string | undefined {
  const files = [...openFilesOf(pid).values()];
  return files.flatMap(
    (file) => /^(.*)\/data\/(?:application|blockstore|state)\.db\//.exec(file)?.[1] ?? [],
  )[0];
}

/** The address of `[rpc] laddr` in a node's `config.toml`, as an URL that reaches it from this machine. */
export function rpcInConfig(home: string): string | undefined {
  const section = /^\[rpc\]$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(configOf(home))?.[1] ?? "";
  const address = /^laddr\s*=\s*"tcp:\/\/([^"\s]+)"/m.exec(section)?.[1];
  return address === undefined
    ? undefined
    : `http://${address.replace(/^(?:0\.0\.0\.0|\[::\]|)(?=:)/, "127.0.0.1")}`;
}

function configOf(home: string): string {
  try {
    return readFileSync(join(home, "config", "config.toml"), "utf8").slice(0, 1_048_576);
  } catch {
    return "";
  }
}
