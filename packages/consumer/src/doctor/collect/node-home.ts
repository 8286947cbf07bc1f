import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ProcessFacts } from "../process.ts";

/** `--home` of a node's own command line, as the node means it. */
export function homeOfNode({ args, cwd }: ProcessFacts): string | undefined {
  const at = args.indexOf("--home");
  const home =
    args.find((word) => word.startsWith("--home="))?.slice("--home=".length) ??
    (at < 0 ? undefined : args[at + 1]);
  return home === undefined || cwd === undefined ? home : resolve(cwd, home);
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
