import { type ExitCodeMeaning, parseExitCode } from "@upgrade-halt/contract";
import type { EndedProcess, ProcessEnd } from "./evidence.ts";
import { printable } from "./printable.ts";
import type { CrashCause } from "./verdict.ts";

/** Linux signal numbers, as a shell or a container runtime adds them to 128. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
};

/** The name of a Linux signal number, `signal 35` for those that have none here. */
export function signalName(number: number): string {
  return SIGNALS[number] ?? `signal ${number}`;
}

const REQUESTS: ReadonlySet<string> = new Set(["SIGHUP", "SIGINT", "SIGTERM"]);

/** What a process's end means where it announces no halt. A Go panic is exit 2. */
export type OrdinaryEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "crashed"; readonly cause: CrashCause }
  | { readonly kind: "unrecorded" };

/** Judges an end on its own. 128+n reads as signal n, as a shell passes it on. */
export function ordinaryEnd(end: ProcessEnd): OrdinaryEnd {
  switch (end.kind) {
    case "exited":
      if (end.code === 0) return { kind: "stopped" };
      if (end.code === 2) return { kind: "crashed", cause: { kind: "panic", code: 2 } };
      if (end.code > 128 && end.code <= 192) return signalled(signalName(end.code - 128));
      return { kind: "crashed", cause: { kind: "error", code: end.code } };
    case "signalled":
      return signalled(end.signal);
    case "out-of-memory":
      return { kind: "crashed", cause: { kind: "out-of-memory" } };
    case "unrecorded":
      return { kind: "unrecorded" };
  }
}

function signalled(signal: string): OrdinaryEnd {
  return REQUESTS.has(signal) ? { kind: "stopped" } : { kind: "crashed", cause: { kind: "signal", signal } };
}

/** A process that ran for so long did more than fail to start again, in ms. */
const WORKED_MS = 30_000;

/** Whether a process worked for a while before it ended. Unknown is no. */
export function hasWorked({ startedAt, endedAt }: EndedProcess): boolean {
  return startedAt !== undefined && endedAt !== undefined && endedAt - startedAt >= WORKED_MS;
}

/** The halt that an end announces by its exit code, `outside` for every other end. */
export function announcedBy(end: ProcessEnd): ExitCodeMeaning {
  return end.kind === "exited" && end.code !== 0 ? parseExitCode(end.code) : { kind: "outside" };
}

/** Whether a process announced a halt for this reason as it ended. */
export function announces({ end }: EndedProcess, reason: number): boolean {
  const meaning = announcedBy(end);
  return meaning.kind === "reason" && meaning.reason === reason;
}

/**
 * The end of a process beside which a platform says that memory ran out. Docker, containerd and systemd say so once any
 * process of a container or service was killed for it, be it a helper's: only a crash is explained by it, and neither a
 * halt nor a stop.
 */
export function endShortOfMemory(code: number | undefined): ProcessEnd {
  if (code === undefined) return { kind: "out-of-memory" };
  const exited = { kind: "exited", code } as const;
  const isCrash = announcedBy(exited).kind === "outside" && ordinaryEnd(exited).kind === "crashed";
  return isCrash ? { kind: "out-of-memory" } : exited;
}

/** An end in a few words: `exited with 70`. */
export function describeEnd(end: ProcessEnd): string {
  switch (end.kind) {
    case "exited":
      return `exited with ${end.code}`;
    case "signalled":
      return `was ended by ${printable(end.signal)}`;
    case "out-of-memory":
      return "was killed for its memory";
    case "unrecorded":
      return "ended, and nobody recorded how";
  }
}
