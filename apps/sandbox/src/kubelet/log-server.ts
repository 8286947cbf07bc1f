import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { listenOnLoopback } from "../network/loopback.ts";
import { type LogLine, type LogOptions, linesOf, logOptions, selected, shownLine } from "./log-options.ts";
import { selfSigned } from "./self-signed.ts";

/** The log of one run of a container. */
export interface ContainerLog {
  readonly file: string;
  /** When the byte at an offset was written, in milliseconds. */
  readonly timeOf: (offset: number) => number;
  /** Whether the run may still write. */
  readonly isOpen: () => boolean;
}

/** Finds the log of a container's run, or says in a kubelet's words why there is none. */
export type FindLog = (
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
) => ContainerLog | { readonly refusal: string };

const FOLLOW_MS = 200;

/** A kubelet's `/containerLogs/{namespace}/{pod}/{container}` over TLS, on a free loopback port. */
export class LogServer {
  readonly #server: Server;

  constructor(findLog: FindLog, now: () => number) {
    this.#server = createServer(selfSigned("kubelet", now()), (request, response) => {
      answer(request, response, findLog, now).catch(() => response.destroy());
    });
  }

  async start(): Promise<number> {
    return await listenOnLoopback(this.#server);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  findLog: FindLog,
  now: () => number,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [root, namespace = "", pod = "", container = ""] = url.pathname
    .split("/")
    .slice(1)
    .map(decodeURIComponent);
  const options = logOptions(url.searchParams, now());
  if (root !== "containerLogs") return void response.writeHead(404).end();
  const log = findLog(namespace, pod, container, options.previous);
  if ("refusal" in log) {
    response.writeHead(400, { "content-type": "text/plain" }).end(log.refusal);
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  await send(log, options, response);
  response.end();
}

/** Sends what is there, and what comes, until the run is over, the limit is reached or the client is gone. */
async function send(log: ContainerLog, options: LogOptions, response: ServerResponse): Promise<void> {
  let left = options.limitBytes;
  const write = (lines: readonly LogLine[]): void => {
    for (const line of lines) {
      if (left <= 0) return;
      const bytes = shownLine(line, options);
      response.write(bytes.subarray(0, Math.min(left, bytes.length)));
      left -= bytes.length;
    }
  };
  const all = await readFile(log.file);
  write(selected(linesOf(all, 0, log.timeOf), options));
  let position = all.length;
  while (options.follow && left > 0 && !response.destroyed) {
    const isLast = !log.isOpen();
    const { size } = await stat(log.file);
    const more = size > position ? (await readFile(log.file)).subarray(position) : Buffer.alloc(0);
    const whole = options.timestamps && !isLast ? more.subarray(0, more.lastIndexOf(0x0a) + 1) : more;
    write(linesOf(whole, position, log.timeOf));
    position += whole.length;
    if (isLast) return;
    await delay(FOLLOW_MS);
  }
}
