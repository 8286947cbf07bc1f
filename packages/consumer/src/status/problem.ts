import { printable } from "../printable.ts";
import type { StatusFailure } from "./status-result.ts";

/** Why an exchange brought nothing. `isRefused` where nothing listens: what a connection that broke does not tell. */
export type ExchangeFailure = Omit<StatusFailure, "at"> & { readonly isRefused?: true };

/** Of Node's TLS: the certificate may be right, and nobody that is trusted says so. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What an error of the HTTP client means for a reading. */
export function problemOf(error: unknown): ExchangeFailure {
  const code = codeOf(error);
  if (UNTRUSTED.has(code)) {
    const problem = `its certificate is not trusted (${code}); NODE_EXTRA_CA_CERTS may name a file with its authority`;
    return { kind: "unreachable", problem };
  }
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
