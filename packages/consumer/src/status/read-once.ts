import { oneConnection } from "./one-connection.ts";
import { readBy } from "./status-reader.ts";
import type { StatusLimits, StatusResult } from "./status-result.ts";

/** Reads a node's `/status` once, with the promises of `readStatus`, in a process that reads no other. */
export function readOnce(url: string | URL, limits: Omit<StatusLimits, "dispatcher">): Promise<StatusResult> {
  return readBy(oneConnection, url, limits);
}
