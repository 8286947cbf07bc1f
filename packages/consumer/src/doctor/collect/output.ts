import { accessSync, constants } from "node:fs";
import type { FileFacts, OutputFacts } from "../facts.ts";
import { isPipe, openFilesOf } from "./process-table.ts";

/** Where a process sends its log and its panic: of its two outputs the one from which less can be read. */
export function outputOf(pid: number): OutputFacts {
  const open = openFilesOf(pid);
  const [worst] = [1, 2]
    .map((fd): OutputFacts => (isPipe(pid, fd) ? { kind: "pipe" } : sinkOf(open.get(fd))))
    .sort((a, b) => rank(a) - rank(b));
  return worst ?? { kind: "unseen", why: "it has no output" };
}

function rank(sink: OutputFacts): number {
  if (sink.kind === "file") return sink.refused === undefined ? 4 : 3;
  return { null: 0, terminal: 1, unseen: 2, pipe: 5 }[sink.kind];
}

function sinkOf(target: string | undefined): OutputFacts {
  if (target === undefined) return { kind: "unseen", why: "this user may not see its open files" };
  if (/^(?:pipe|socket|anon_inode):/.test(target)) return { kind: "pipe" };
  if (target === "/dev/null") return { kind: "null" };
  if (/^\/dev\/(?:pts\/|tty|console)/.test(target)) return { kind: "terminal" };
  return { kind: "file", ...fileFor(target) };
}

export const NOT_THERE = "it is not there";

/** Whether this user may read a file. */
export function fileFor(path: string): FileFacts {
  if (path.endsWith(" (deleted)")) return { path, refused: "it was deleted while the node writes to it" };
  try {
    accessSync(path, constants.R_OK);
    return { path };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return {
      path,
      refused: code === "ENOENT" ? NOT_THERE : code === "EACCES" ? "this user may not" : code,
    };
  }
}
