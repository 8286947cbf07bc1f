import { sharedAgent } from "./shared-agent.ts";
import { readBy } from "./status-reader.ts";
import type { StatusLimits, StatusResult } from "./status-result.ts";

/**
 * Reads a node's `/status` once. Takes both envelopes. Follows no redirect, decodes no compression, reads no more than
 * `maxBytes` and takes no longer than `timeoutMs`. Whatever happens has a result: it never rejects.
 *
 * @example
 * ```ts
 * import { readStatus } from "@upgrade-halt/consumer";
 *
 * const reading = await readStatus("http://127.0.0.1:26657", { timeoutMs: 2_000, maxBytes: 65_536 });
 * if (reading.kind === "ok") console.log(reading.node.height, reading.node.haltIntent.kind);
 * else console.error(reading.kind, reading.problem);
 * ```
 */
export function readStatus(url: string | URL, limits: StatusLimits = {}): Promise<StatusResult> {
  return readBy(limits.dispatcher ?? sharedAgent(), url, limits);
}
