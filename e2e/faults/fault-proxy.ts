import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import {
  createServer as createSecureServer,
  request as httpsRequest,
  Agent as SecureAgent,
} from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { loadKubeconfig } from "../harness/kubeconfig.ts";

/** A request as the proxy got it, and what became of it. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly isWatch: boolean;
  /** When it was whole at the proxy, by `performance.now()`. */
  readonly at: number;
  /** What the server answered; absent while it hasn't, and for what it never saw. */
  status?: number;
}

/** What happens to a request instead of its being passed on and answered. */
export type Fault =
  /** The proxy answers in the server's stead. */
  | { readonly kind: "answer"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** A watch is answered with one line of its stream, and ended. */
  | { readonly kind: "event"; readonly event: object }
  /** The answer begins, and then the connection is silent for ever, as one is whose other end went without a word. */
  | { readonly kind: "mute" }
  /** The connection is reset before the server sees anything. */
  | { readonly kind: "cut" }
  /** The server does what it is asked, and the connection is reset instead of its answer. */
  | { readonly kind: "lose-answer" }
  /** The server sees it, also when its client has given up by then, only after `until`. */
  | { readonly kind: "hold"; readonly until: Promise<unknown> }
  /** The server does what it is asked, and its client learns of it only after `until`. */
  | { readonly kind: "hold-answer"; readonly until: Promise<unknown> }
  /** The answer comes byte by byte, as it were: in pieces with a pause of `ms` before each. */
  | { readonly kind: "slow"; readonly ms: number };

/** Stands between one client and the API server, and spoils what it is told to. */
export interface FaultProxy {
  readonly url: string;
  /** All requests so far, in the order of their arrival. */
  requests(): readonly ProxiedRequest[];
  /** Decides about each request from now on; without a fault it passes. */
  inject(decide: (request: ProxiedRequest) => Fault | undefined): void;
  /** Resets every open watch. */
  cutWatches(): void;
  /** While it is down, every connection is reset, and so are new ones, as by a machine whose server is not running. */
  setDown(down: boolean): void;
  stop(): Promise<void>;
}

/**
 * Starts a proxy before the API server of an administrator's kubeconfig. It speaks TLS with the server's own certificate
 * where that lies beside the kubeconfig, as it does for a control plane of the harness, and plain HTTP otherwise.
 */
export async function startFaultProxy(kubeconfig: string): Promise<FaultProxy> {
  const cluster = loadKubeconfig(kubeconfig).getCurrentCluster();
  if (!cluster) throw new Error(`${kubeconfig} has no current cluster`);
  const upstream = new Upstream(cluster.server, cluster.caData);
  const proxy = new Relay(upstream);
  const tls = certificateBeside(kubeconfig);
  const server = tls ? createSecureServer(tls, proxy.handle) : createServer(proxy.handle);
  await proxy.listen(server);
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, { url: `${tls ? "https" : "http"}://127.0.0.1:${port}` });
}

function certificateBeside(kubeconfig: string): { cert: Buffer; key: Buffer } | undefined {
  const file = (name: string) => join(dirname(kubeconfig), "certificates", name);
  if (!existsSync(file("apiserver.key"))) return undefined;
  return { cert: readFileSync(file("apiserver.crt")), key: readFileSync(file("apiserver.key")) };
}

class Relay {
  readonly #upstream: Upstream;
  readonly #requests: ProxiedRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<ServerResponse>();
  #server: Server | undefined;
  #decide: (request: ProxiedRequest) => Fault | undefined = () => undefined;
  #down = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async listen(server: Server): Promise<void> {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      if (this.#down) socket.resetAndDestroy();
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes, or a server that is cut off, shows as a reset to the other side: that is the point.
    this.#pass(request, response).catch(() => reset(response));
  };

  requests(): readonly ProxiedRequest[] {
    return this.#requests;
  }

  inject(decide: (request: ProxiedRequest) => Fault | undefined): void {
    this.#decide = decide;
  }

  cutWatches(): void {
    for (const response of this.#watches) reset(response);
  }

  setDown(down: boolean): void {
    this.#down = down;
    if (down) for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    this.#decide = () => ({ kind: "cut" });
    for (const socket of this.#sockets) socket.destroy();
    this.#upstream.close();
    this.#server?.close();
    if (this.#server) await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = "GET", url: path = "/" } = request;
    const isWatch = new URL(path, "http://proxy").searchParams.has("watch");
    const proxied: ProxiedRequest = { method, path, isWatch, at: performance.now() };
    this.#requests.push(proxied);
    const fault = this.#decide(proxied);
    if (fault?.kind === "answer" || fault?.kind === "event") return answer(response, fault);
    if (fault?.kind === "cut") return reset(response);
    if (fault?.kind === "hold") await fault.until;
    const answered = await this.#upstream.send(request, body, response);
    proxied.status = answered.statusCode ?? 0;
    if (fault?.kind === "lose-answer") return reset(response);
    if (fault?.kind === "hold-answer") await fault.until;
    if (isWatch) this.#watches.add(response);
    response.once("close", () => this.#watches.delete(response));
    if (fault?.kind === "mute") {
      response.writeHead(answered.statusCode ?? 502, answered.headers).flushHeaders();
      answered.resume();
    } else await relay(answered, response, fault?.kind === "slow" ? fault.ms : 0);
  }
}

/** Connections to the real server. */
class Upstream {
  readonly #server: URL;
  readonly #agent: Agent;

  constructor(server: string, caData: string | undefined) {
    this.#server = new URL(server);
    const ca = caData === undefined ? undefined : Buffer.from(caData, "base64");
    this.#agent =
      this.#server.protocol === "https:"
        ? new SecureAgent({ keepAlive: true, ...(ca && { ca }) })
        : new Agent({ keepAlive: true });
  }

  /** Sends a request as it came; a watch ends with its client, anything else is the server's once it was sent. */
  async send({ method, url, headers }: IncomingMessage, body: Buffer, client: ServerResponse) {
    const send = this.#server.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(new URL(url ?? "/", this.#server), {
      method,
      headers: { ...headers, host: this.#server.host },
      agent: this.#agent,
    });
    client.once("close", () => method === "GET" && sent.destroy());
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    sent.on("error", () => {});
    return response;
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function relay(answered: IncomingMessage, response: ServerResponse, pauseMs: number): Promise<void> {
  response.on("error", () => {});
  response.writeHead(answered.statusCode ?? 502, answered.headers);
  response.flushHeaders();
  for await (const chunk of answered as AsyncIterable<Buffer>) {
    if (pauseMs > 0) await delay(pauseMs);
    response.write(chunk);
  }
  response.end();
}

function answer(response: ServerResponse, fault: Extract<Fault, { kind: "answer" | "event" }>): void {
  if (fault.kind === "event") {
    response.writeHead(200, { "content-type": "application/json" }).end(`${JSON.stringify(fault.event)}\n`);
    return;
  }
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    message: "a fault",
    code: fault.status,
  };
  response
    .writeHead(fault.status, { "content-type": "application/json", ...fault.headers })
    .end(JSON.stringify(status));
}

function reset({ socket }: ServerResponse): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
