import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import type { KubeConfig } from "@kubernetes/client-node";

export interface RawRequest {
  readonly method: string;
  /** Path and query, from the server's root. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when a string, as JSON otherwise. */
  readonly body?: unknown;
  /** Milliseconds for the whole exchange, or for the head alone with `openRequest` (10 s unless said). */
  readonly within?: number;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * Sends one request with the kubeconfig's credentials unless it has an `authorization` of its own, adding and
 * following nothing, and resolves to the bare answer.
 */
export async function rawRequest(config: KubeConfig, request: RawRequest): Promise<RawResponse> {
  const over = AbortSignal.timeout(request.within ?? 10_000);
  const response = await open(config, request, over);
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}

/** As `rawRequest`, but resolves with the head, the body still to come: for watches. `signal` ends it. */
export async function openRequest(
  config: KubeConfig,
  request: RawRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return open(config, request, signal);
}

async function open(config: KubeConfig, request: RawRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error("the kubeconfig has no current cluster");
  const url = new URL(cluster.server.replace(/\/$/, "") + request.path);
  const body =
    request.body === undefined || typeof request.body === "string"
      ? request.body
      : JSON.stringify(request.body);
  const options: RequestOptions = {
    method: request.method,
    signal,
    // One connection a request: nothing is shared, nothing stays open.
    agent: false,
    headers: {
      accept: "application/json",
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      }),
      ...request.headers,
    },
  };
  await config.applyToHTTPSOptions(options);
  // Who a request says it comes from comes before whom the kubeconfig speaks for.
  if (request.headers?.authorization)
    options.headers = { ...options.headers, Authorization: request.headers.authorization };
  delete options.agent;
  const sent = url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
  sent.end(body);
  const [response] = (await once(sent, "response", { signal })) as [IncomingMessage];
  return response;
}
