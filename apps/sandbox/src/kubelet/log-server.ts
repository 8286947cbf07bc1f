import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Finds the log file of a container, undefined when there is none. */
export type FindLog = (
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
) => string | undefined;

const FOLLOW_MS = 200;

/** A kubelet's `/containerLogs/{namespace}/{pod}/{container}`, on a free loopback port. */
export class LogServer {
  readonly #server: Server;

  constructor(findLog: FindLog) {
    this.#server = createServer((request, response) => void answer(request, response, findLog));
  }

  async start(): Promise<number> {
    const listening = new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    await listening;
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, findLog: FindLog): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [root, namespace = "", pod = "", container = ""] = url.pathname
    .split("/")
    .slice(1)
    .map(decodeURIComponent);
  const file = findLog(namespace, pod, container, url.searchParams.get("previous") === "true");
  if (root !== "containerLogs" || file === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end(`no log of container ${container}\n`);
    return;
  }
  response.writeHead(200, { "content-type": "text/plain" });
  const lines = Number(url.searchParams.get("tailLines") ?? Number.POSITIVE_INFINITY);
  const position = await copyTail(file, lines, response);
  if (url.searchParams.get("follow") === "true") follow(file, position, response);
  else response.end();
}

/** Copies the last `lines` lines; resolves with the file position that follows them. */
async function copyTail(file: string, lines: number, response: ServerResponse): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file)) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const kept = Number.isFinite(lines)
    ? all
        .toString("utf8")
        .split(/(?<=\n)/)
        .slice(-lines)
        .join("")
    : all;
  response.write(kept.length === 0 ? "" : kept);
  return all.length;
}

function follow(file: string, from: number, response: ServerResponse): void {
  let position = from;
  const timer = setInterval(async () => {
    const size = await stat(file).then(
      (found) => found.size,
      () => -1,
    );
    if (size < 0) return void response.end();
    if (size === position) return;
    const start = position;
    position = size;
    createReadStream(file, { start, end: size - 1 }).pipe(response, { end: false });
  }, FOLLOW_MS);
  response.on("close", () => clearInterval(timer));
}
