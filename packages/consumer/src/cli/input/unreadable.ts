import { printable } from "../../printable.ts";

/** That a file cannot be read, without the full stop: `the log /var/log/seid.log cannot be read (ENOENT)`. */
export function unreadable(what: string, path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return `${what} ${printable(path)} cannot be read (${code})`;
}
