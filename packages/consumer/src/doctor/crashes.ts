import { constants } from "node:os";
import type { SeenEnd } from "./fate/fate.ts";

/** How nodes crash: a panic of Go, an error, and what a lack of memory, a fault and an abort end them with. */
export const CRASHES: readonly SeenEnd[] = [
  { kind: "exited", code: 1 },
  { kind: "exited", code: 2 },
  { kind: "signalled", signal: "ABRT" },
  { kind: "signalled", signal: "KILL" },
  { kind: "signalled", signal: "SEGV" },
];

/** The exit code of whoever waited for it, a shell or a container: 137 for SIGKILL. */
export function codeOf(end: SeenEnd): number {
  return end.kind === "exited" ? end.code : 128 + constants.signals[`SIG${end.signal}`];
}

/** `1, 2 and SIGKILL` */
export function listed(names: readonly (string | number)[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `2`, `SIGKILL` */
export function describeEnd(end: SeenEnd): string {
  return end.kind === "exited" ? String(end.code) : `SIG${end.signal}`;
}
