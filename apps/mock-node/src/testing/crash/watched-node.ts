import { spawn } from "node:child_process";
import { once } from "node:events";
import { RAW_LINE } from "./crash-home.ts";

/** How a node ended, and what the outside could know by then. */
export interface NodeEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly saidRawLine: boolean;
  readonly showedIntent: boolean;
}

export interface WatchedNode {
  readonly ended: Promise<NodeEnd>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Runs a node, and asks its `/status` over and over. `onIntent` is called the moment an answer shows an intent, and
 * `onRawLine` the moment the raw line arrives.
 */
export function watchNode(
  program: string,
  args: readonly string[],
  { onIntent, onRawLine }: { readonly onIntent: () => void; readonly onRawLine: () => void },
): WatchedNode {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  let saidRawLine = false;
  let showedIntent = false;
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    if (saidRawLine || !stderr.split("\n").includes(RAW_LINE)) return;
    saidRawLine = true;
    onRawLine();
  });
  const watch = async (url: string): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null && !showedIntent) {
      const body = await fetch(`${url}/status`).then(
        (response) => response.text(),
        () => "",
      );
      if (!body.includes('"halt_intent":{')) continue;
      showedIntent = true;
      onIntent();
    }
  };
  let watching: Promise<void> | undefined;
  child.stdout.on("data", (chunk) => {
    watching ??= watch(String(chunk).trim().split(" ").at(-1) ?? "");
  });
  const ended = once(child, "close").then(async ([code, signal]): Promise<NodeEnd> => {
    await watching;
    return { code, signal, saidRawLine, showedIntent };
  });
  return { ended, kill: (signal) => child.kill(signal) };
}
