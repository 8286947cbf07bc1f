import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Json, JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { ClientError, errorOfAnswer } from "./client-error.ts";

export type PatchType = "merge" | "strategic" | "json" | "apply";

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/**
 * A thin client of any Kubernetes API server: @kubernetes/client-node's KubeConfig says where and as whom,
 * objects stay plain JSON (its models turn times into Dates and lose their fractions).
 */
export class KubeClient {
  readonly #config: KubeConfig;
  readonly #base: URL;
  readonly #userAgent: string;
  readonly #mayWrite: (path: string) => boolean;
  #agent: http.Agent | undefined;

  /**
   * @param mayWrite whether a request other than GET may be sent to a path; every one may unless said.
   * @throws ClientError when the kubeconfig names no cluster.
   */
  constructor(config: KubeConfig, userAgent: string, mayWrite: (path: string) => boolean = () => true) {
    const server = config.getCurrentCluster()?.server;
    if (server === undefined || !URL.canParse(server)) {
      throw new ClientError(
        0,
        "NoCluster",
        "the kubeconfig's current context names no cluster with a server URL",
      );
    }
    this.#config = config;
    this.#base = new URL(server);
    this.#userAgent = userAgent;
    this.#mayWrite = mayWrite;
  }

  get server(): string {
    return this.#base.href;
  }

  get(path: string): Promise<KubeObject> {
    return this.#json({ method: "GET", path });
  }

  create(path: string, object: JsonObject): Promise<KubeObject> {
    return this.#json({ method: "POST", path, body: object });
  }

  replace(path: string, object: JsonObject): Promise<KubeObject> {
    return this.#json({ method: "PUT", path, body: object });
  }

  patch(path: string, type: PatchType, patch: Json): Promise<KubeObject> {
    return this.#json({ method: "PATCH", path, body: patch, contentType: PATCH_TYPES[type] });
  }

  delete(path: string, options: JsonObject = {}): Promise<KubeObject> {
    return this.#json({
      method: "DELETE",
      path,
      body: { kind: "DeleteOptions", apiVersion: "v1", ...options },
    });
  }

  /** Each JSON line of a watch; `onOpen` tells that it began. Ends when the server ends it. @throws ClientError, also when cut off. */
  async *lines(path: string, signal: AbortSignal, onOpen = (): void => undefined): AsyncGenerator<string> {
    const answer = await this.#send({ method: "GET", path, signal });
    if (answer.statusCode !== 200) throw errorOfAnswer(answer.statusCode ?? 0, await text(answer));
    onOpen();
    try {
      for await (const line of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY }))
        yield line;
    } finally {
      answer.destroy();
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent?.destroy();
  }

  async #json(call: Call): Promise<KubeObject> {
    const answer = await this.#send(call);
    const body = await text(answer);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status >= 300) throw errorOfAnswer(status, body);
    return JSON.parse(body) as KubeObject;
  }

  async #send({
    method,
    path,
    body,
    contentType = "application/json",
    signal,
  }: Call): Promise<http.IncomingMessage> {
    if (method !== "GET" && !this.#mayWrite(path))
      throw new ClientError(0, "NotAllowed", `${method} ${path} is not allowed here, and was not sent`);
    const options = await this.#options(method, path);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    options.headers = {
      ...options.headers,
      accept: "application/json",
      "user-agent": this.#userAgent,
      ...(payload === undefined
        ? {}
        : { "content-type": contentType, "content-length": Buffer.byteLength(payload) }),
    };
    const { request } = this.#base.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, ...(signal === undefined ? {} : { signal }) }, resolve);
      outgoing.on("error", (cause) =>
        reject(
          new ClientError(0, "Unreachable", `no answer from ${this.#base.origin}: ${cause.message}`, {
            cause,
          }),
        ),
      );
      outgoing.end(payload);
    });
  }

  /** Credentials come from the kubeconfig each time (tokens rotate); the connection pool is our own. */
  async #options(method: string, path: string): Promise<https.RequestOptions> {
    const options: https.RequestOptions = { method };
    await this.#config.applyToHTTPSOptions(options);
    this.#agent ??= this.#newAgent(options);
    const prefix = this.#base.pathname.replace(/\/$/, "");
    const { agent: _, ...rest } = options;
    return {
      ...rest,
      agent: this.#agent,
      host: this.#base.hostname,
      port: this.#base.port,
      path: `${prefix}${path}`,
    };
  }

  #newAgent({ ca, cert, key, rejectUnauthorized, servername }: https.RequestOptions): http.Agent {
    const pool = { keepAlive: true, maxFreeSockets: 32 };
    if (this.#base.protocol === "http:") return new http.Agent(pool);
    const tls = { ca, cert, key, rejectUnauthorized, servername };
    const known = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    return new https.Agent({ ...pool, ...known });
  }
}

async function text(answer: http.IncomingMessage): Promise<string> {
  answer.setEncoding("utf8");
  let all = "";
  for await (const chunk of answer) all += chunk as string;
  return all;
}
