import { printable } from "../printable.ts";
import type { StatusFailure } from "./status-result.ts";

/** Why an exchange brought nothing. `isRefused` where nothing listens: what a connection that broke does not tell. */
export type ExchangeFailure = Omit<StatusFailure, "at"> & { readonly isRefused?: true };

/** What an error of the HTTP client means for a reading. */
export function problemOf(error: unknown): ExchangeFailure {
  const code = codeOf(error);
  switch (code) {
    case "UND_ERR_HEADERS_OVERFLOW":
    case "HPE_HEADER_OVERFLOW":
      return { kind: "too-large", problem: "the headers are longer than 16 KiB" };
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return { kind: "timeout", problem: "the node let the connection wait" };
    case "ECONNREFUSED":
      return { kind: "unreachable", problem: "nothing listens there (ECONNREFUSED)", isRefused: true };
    case "ENOTFOUND":
      return { kind: "unreachable", problem: "no such host (ENOTFOUND)" };
    default:
      return { kind: "unreachable", problem: `the connection failed (${printable(code, 60)})` };
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "no reason given";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.message;
}
