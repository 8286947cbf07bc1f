import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { announcedAtNow, type HaltIntent, reasonToken, statusWithHaltIntent } from "@upgrade-halt/contract";
import { HALTED_PATHS } from "../../halted-paths.ts";
import type { HaltedVerdict } from "../../verdict.ts";

/** The intent that a node would have announced for a halt that was inferred. */
export function intentOf({ reason, plan, height }: HaltedVerdict, at: number): HaltIntent {
  return {
    reason,
    reason_string: reasonToken(reason),
    ...(plan === undefined ? {} : { plan_name: plan }),
    ...(height === undefined ? {} : { height }),
    announced_at: announcedAtNow(() => at),
  };
}

/** Where a halted node's status is served. */
export interface ServedAt {
  readonly url: URL;
  /** On all addresses of the machine, and not at the host of `url` alone. */
  readonly everywhere: boolean;
}

/**
 * Serves a node's last `/status` with a halt intent at the node's own port. Rejects where it cannot listen there. The
 * result ends that.
 */
export async function serveHaltedStatus(
  { url, everywhere }: ServedAt,
  lastBody: string | undefined,
  intent: HaltIntent,
): Promise<() => Promise<void>> {
  const body = JSON.stringify(statusWithHaltIntent(parsed(lastBody), intent));
  const server: Server = createServer((request, response) => answer(request, response, body));
  const port = Number(url.port) || 80;
  if (everywhere) server.listen(port);
  else server.listen(port, url.hostname.replace(/^\[|\]$/g, ""));
  await once(server, "listening");
  return async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
}

const [STATUS, HEALTH] = HALTED_PATHS;

/** A node that halted lives: to restart it would bring it to the same halt. */
function answer(request: IncomingMessage, response: ServerResponse, status: string): void {
  const path = (request.url ?? "").split("?")[0];
  const isStatus = path === STATUS || (request.method === "POST" && path === "/");
  const body = isStatus ? status : path === HEALTH ? '{"jsonrpc":"2.0","id":-1,"result":{}}' : undefined;
  request.resume();
  response.writeHead(body === undefined ? 503 : 200, { "content-type": "application/json" });
  response.end(body ?? '{"error":"the node has halted: see /status"}');
}

function parsed(body: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body ?? "");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // It never answered: the intent alone is a status too.
  }
  return {};
}
