import type { IncomingMessage } from "node:http";
import { ApiError } from "../api-error.ts";

const LOCAL_HOST = /^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$/;

/**
 * Whoever reaches this server may run programs, so it listens to this machine's own programs alone, not to pages that a
 * browser on it shows: those carry an Origin, or (by DNS rebinding) the name of another host.
 * @throws ApiError 403.
 */
export function requireLocal({ headers }: IncomingMessage): void {
  const { host = "", origin } = headers;
  if (origin === undefined && LOCAL_HOST.test(host)) return;
  const why =
    origin === undefined ? `the host ${JSON.stringify(host)} is not this one` : "browsers are not served";
  throw new ApiError(403, "Forbidden", `forbidden: ${why}`, {});
}
