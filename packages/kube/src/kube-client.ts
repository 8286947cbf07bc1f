import { createInterface } from "node:readline";
import { createSecureContext } from "node:tls";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import type { ClusterAccess } from "./cluster-access.ts";
import { CodedError, messageOf } from "./coded-error.ts";
import { fencedDispatcher } from "./fenced-dispatcher.ts";
import { jsonLines } from "./json-lines.ts";
import { KubeError } from "./kube-error.ts";
import { errorOfAnswer } from "./response-error.ts";
import type {
  BoundedText,
  JsonPatchOperation,
  KubeApi,
  KubeList,
  KubeObject,
  Query,
  RemoveOptions,
  WatchEvent,
} from "./types.ts";
import { METADATA_LIST } from "./types.ts";
import { wholeAnswer } from "./whole-answer.ts";

/** Credentials are asked for again after this time, as tokens rotate (a kubelet rewrites them at 80 % of an hour). */
const CREDENTIALS_AGE_MS = 30_000;
const REQUEST_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 32;
/** A page of a list that is longer is not read to its end: it would be in memory three times over. */
const MOST_PAGE_BYTES = 8 * 1024 * 1024;

/** The metadata of objects, or whole objects where a server knows no other form. */
const METADATA_FIRST = `application/json;as=${METADATA_LIST};v=v1;g=meta.k8s.io,application/json`;

export interface KubeClientOptions {
  /** How the client calls itself: the API server notes it as who wrote a field. */
  readonly userAgent?: string;
  /** Asked before each write, with its path; throws to forbid it. */
  readonly checkWrite?: (path: string) => void;
  /** Asked as each write goes onto the wire; throws to forbid it (a leader that lost its lease writes nothing). */
  readonly allowWrite?: () => void;
  /** Most connections at a time, those of watches and of lines that are followed among them (32 unless said); `null` is no bound. */
  readonly connections?: number | null;
  /** Milliseconds for a whole request other than a watch (15,000 unless said). */
  readonly timeoutMs?: number;
  /** Told of each finished request: for metrics. */
  readonly onRequest?: (verb: string, outcome: string, seconds: number) => void;
}

/** An API server client over kept-alive connections: client-node's own makes a new TLS connection for each request. */
export class KubeClient implements KubeApi {
  readonly #access: ClusterAccess;
  readonly #dispatcher: Dispatcher;
  readonly #options: KubeClientOptions;
  readonly #base: { readonly origin: string; readonly pathname: string };
  #headers: Readonly<Record<string, string>> = {};
  #headersAt = Number.NEGATIVE_INFINITY;

  private constructor(access: ClusterAccess, dispatcher: Dispatcher, options: KubeClientOptions) {
    this.#access = access;
    this.#dispatcher = dispatcher;
    this.#options = options;
    const { origin, pathname } = new URL(access.server);
    this.#base = { origin, pathname: pathname.replace(/\/$/, "") };
  }

  /** @throws {KubeError} `bad-kubeconfig` when the credentials can't be read. */
  static async connect(access: ClusterAccess, options: KubeClientOptions = {}): Promise<KubeClient> {
    try {
      const tls = await access.tls();
      const connect = {
        ...tls,
        // Made once: for each connection Node would read the certificates anew.
        secureContext: createSecureContext(tls),
        timeout: CONNECT_TIMEOUT_MS,
        keepAlive: true,
        keepAliveInitialDelay: 30_000,
      };
      // Node's HTTP/2 takes more CPU for a request than a kept-alive connection of HTTP/1.1 does.
      const { connections = CONNECTIONS } = options;
      const pool = { connections, keepAliveTimeout: 60_000, bodyTimeout: 0, allowH2: false };
      const dispatcher =
        access.proxyUrl === undefined
          ? new Agent({ ...pool, connect })
          : new ProxyAgent({ ...pool, uri: access.proxyUrl, requestTls: connect });
      const { allowWrite } = options;
      const fenced = allowWrite === undefined ? dispatcher : fencedDispatcher(dispatcher, allowWrite);
      return new KubeClient(access, fenced, options);
    } catch (cause) {
      throw new KubeError(
        "bad-kubeconfig",
        `the kubeconfig's credentials can't be read: ${messageOf(cause)}`,
        {
          cause,
        },
      );
    }
  }

  get<T extends KubeObject>(path: string): Promise<T> {
    return this.#json<T>("GET", path, {});
  }

  list<T extends KubeObject>(path: string, query: Query = {}, as?: "metadata"): Promise<KubeList<T>> {
    const { limit } = query;
    // A page of one can't be made smaller.
    const mostBytes = typeof limit === "number" && limit > 1 ? MOST_PAGE_BYTES : undefined;
    // The names and fields of who wrote what are most of metadata, and the same in each.
    const accept = as === undefined ? {} : { accept: METADATA_FIRST, encoding: "gzip" as const };
    return this.#json<KubeList<T>>("GET", path, { query, mostBytes, ...accept });
  }

  create<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#json<T>("POST", path, { body });
  }

  mergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#json<T>("PATCH", path, { body, contentType: "application/merge-patch+json" });
  }

  strategicMergePatch<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#json<T>("PATCH", path, { body, contentType: "application/strategic-merge-patch+json" });
  }

  jsonPatch<T extends KubeObject>(path: string, operations: readonly JsonPatchOperation[]): Promise<T> {
    return this.#json<T>("PATCH", path, { body: operations, contentType: "application/json-patch+json" });
  }

  replace<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#json<T>("PUT", path, { body });
  }

  /** Server-side apply; the field manager is in the query of `path`. */
  apply<T extends KubeObject>(path: string, body: object): Promise<T> {
    return this.#json<T>("PATCH", path, { body, contentType: "application/apply-patch+yaml" });
  }

  async remove(path: string, uid: string, options: RemoveOptions = {}): Promise<void> {
    const { resourceVersion, gracePeriodSeconds } = options;
    await this.delete(path, { preconditions: { uid, resourceVersion }, gracePeriodSeconds });
  }

  /** Deletes whatever is there by this name, as the `DeleteOptions` say; the object as it is then, or a Status. */
  delete<T extends KubeObject>(path: string, options: object = {}): Promise<T> {
    return this.#json<T>("DELETE", path, { body: { apiVersion: "v1", kind: "DeleteOptions", ...options } });
  }

  text(path: string, query: Query, mostBytes: number): Promise<BoundedText> {
    return this.#request("GET", async (onStatus) => {
      const deadline = startDeadline(this.#timeoutMs);
      try {
        const response = await this.#open(path, {
          query,
          accept: "text/plain, */*",
          signal: deadline.signal,
        });
        onStatus(response.statusCode);
        if (response.statusCode >= 300) throw await errorOfResponse("GET", path, response);
        return await beginningOf(response.body, mostBytes);
      } finally {
        deadline.clear();
      }
    });
  }

  async *watch<T extends KubeObject>(
    path: string,
    query: Query,
    signal: AbortSignal,
    onOpen?: () => void,
  ): AsyncIterable<WatchEvent<T>> {
    const response = await this.#open(path, { query: { ...query, watch: true }, signal });
    if (response.statusCode !== 200) throw await errorOfResponse("watch", path, response);
    onOpen?.();
    try {
      for await (const line of jsonLines(response.body)) yield line as WatchEvent<T>;
    } catch (cause) {
      throw unreachable("watch", this.#access.server, cause);
    }
  }

  /** Each line of a text (`pods/log`), without its end, for as long as the server sends and `signal` lets it. */
  async *lines(path: string, signal: AbortSignal): AsyncIterable<string> {
    const response = await this.#open(path, { accept: "text/plain, */*", signal });
    if (response.statusCode !== 200) throw await errorOfResponse("GET", path, response);
    try {
      yield* createInterface({ input: response.body, crlfDelay: Number.POSITIVE_INFINITY });
    } catch (cause) {
      throw unreachable("GET", this.#access.server, cause);
    }
  }

  /** The server's base URL. */
  get server(): string {
    return this.#access.server;
  }

  /** Closes every connection, also those of watches. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  #json<T>(method: Method, path: string, options: SendOptions): Promise<T> {
    return this.#request(method, async (onStatus) => {
      if (method !== "GET") this.#options.checkWrite?.(path);
      const { query, mostBytes } = options;
      const [{ origin, pathname }, headers] = [this.#base, await this.#headersFor(options)];
      const body = options.body === undefined ? null : JSON.stringify(options.body);
      const request = { origin, path: urlOf(pathname, path, query), method, headers, body };
      const answer = await wholeAnswer(this.#dispatcher, request, { timeoutMs: this.#timeoutMs, mostBytes });
      onStatus(answer.statusCode);
      this.#note(answer.statusCode);
      if (answer.statusCode >= 300) throw errorOfAnswer(method, path, answer);
      return JSON.parse(answer.text) as T;
    });
  }

  /** One request, which is told of when it is over. */
  async #request<T>(method: Method, exchange: (onStatus: (code: number) => void) => Promise<T>): Promise<T> {
    const began = performance.now();
    let outcome = "error";
    try {
      return await exchange((code) => {
        outcome = String(code);
      });
    } catch (cause) {
      throw cause instanceof CodedError ? cause : unreachable(method, this.#access.server, cause);
    } finally {
      this.#options.onRequest?.(method, outcome, (performance.now() - began) / 1000);
    }
  }

  /** A GET whose answer is read as it comes. */
  async #open(path: string, options: SendOptions & { signal: AbortSignal }): Promise<Response> {
    const { query, signal } = options;
    const headers = await this.#headersFor(options);
    try {
      const url = urlOf(this.#access.server, path, query);
      const response = await request(url, { dispatcher: this.#dispatcher, headers, signal });
      this.#note(response.statusCode);
      return response;
    } catch (cause) {
      throw unreachable("GET", this.#access.server, cause);
    }
  }

  async #headersFor({
    body,
    contentType = "application/json",
    accept = "application/json",
    encoding,
  }: SendOptions) {
    const { userAgent } = this.#options;
    const named = userAgent === undefined ? {} : { "user-agent": userAgent };
    const typed = body === undefined ? {} : { "content-type": contentType };
    const encoded = encoding === undefined ? {} : { "accept-encoding": encoding };
    return { ...(await this.#credentials()), accept, ...encoded, ...named, ...typed };
  }

  /** Credentials that are refused are read anew. */
  #note(statusCode: number): void {
    if (statusCode === 401) this.#headersAt = Number.NEGATIVE_INFINITY;
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  async #credentials(): Promise<Readonly<Record<string, string>>> {
    if (performance.now() - this.#headersAt > CREDENTIALS_AGE_MS) {
      this.#headers = await this.#access.headers();
      this.#headersAt = performance.now();
    }
    return this.#headers;
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Response = Dispatcher.ResponseData;

interface SendOptions {
  readonly query?: Query;
  readonly body?: object;
  readonly contentType?: string;
  readonly accept?: string;
  /** The answer may come like this: an API server compresses what is longer than 128 KiB. */
  readonly encoding?: "gzip";
  /** An answer of more bytes fails with `too-large`. */
  readonly mostBytes?: number | undefined;
}

async function errorOfResponse(verb: string, path: string, response: Response): Promise<KubeError> {
  const text = await response.body.text().catch(() => "");
  return errorOfAnswer(verb, path, { ...response, text });
}

/** Leaving the loop closes the connection, however much is still to come. */
async function beginningOf(body: Response["body"], mostBytes: number): Promise<BoundedText> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) break;
  }
  return { text: Buffer.concat(chunks).toString("utf8", 0, mostBytes), isWhole: bytes <= mostBytes };
}

/** As `AbortSignal.timeout`, which would keep what a request leaves in memory until its time is over. */
function startDeadline(ms: number): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException(`no answer in ${ms} ms`, "TimeoutError")),
    ms,
  );
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function urlOf(server: string, path: string, query: Query | undefined): string {
  if (query === undefined) return server + path;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? server + path : `${server}${path}?${search}`;
}

function unreachable(verb: string, server: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  const timedOut = cause instanceof Error && cause.name === "TimeoutError";
  const code = timedOut ? "timeout" : "unreachable";
  return new KubeError(code, `${verb} to the API server at ${server} failed: ${messageOf(cause)}`, {
    cause,
  });
}
