import { readFileSync } from "node:fs";
import { join } from "node:path";

/** `--home` of a node's own command line. */
export function homeInArgs(args: readonly string[]): string | undefined {
  const at = args.indexOf("--home");
  return (
    args.find((word) => word.startsWith("--home="))?.slice("--home=".length) ??
    (at < 0 ? undefined : args[at + 1])
  );
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
