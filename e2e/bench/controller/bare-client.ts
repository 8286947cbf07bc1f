import type { KubeConfig } from "@kubernetes/client-node";
import { jsonLines } from "@upgrade-halt/kube";
import { Agent, request } from "undici";

/** Where an API server is, and as whom; it can be sent to another process. */
export interface Access {
  readonly server: string;
  /** PEM of the authority that signed its certificate. */
  readonly authority: string | undefined;
  readonly token: string | undefined;
}

/** One write, as it goes over the wire. */
export interface Write {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body: unknown;
  readonly contentType?: string;
}

interface Versioned {
  readonly metadata: { readonly resourceVersion: string };
}

/** One line of a watch. */
export interface WatchEvent<T> {
  readonly type: string;
  readonly object: T;
}

export const MERGE_PATCH = "application/merge-patch+json";
export const JSON_PATCH = "application/json-patch+json";
export const STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";

/** What a kubeconfig's current context says. `token` goes in place of its user's. */
export function accessOf(config: KubeConfig, token?: string): Access {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("the kubeconfig has no current cluster");
  const authority = cluster.caData && Buffer.from(cluster.caData, "base64").toString();
  return { server: cluster.server, authority, token: token ?? config.getCurrentUser()?.token };
}

/** Kept-alive connections and nothing on top: what any client pays at least. */
export class BareClient {
  readonly #server: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: Agent;

  constructor({ server, authority, token }: Access, connections: number) {
    this.#server = server;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const connect = authority === undefined ? {} : { ca: authority };
    this.#agent = new Agent({ connections, connect, bodyTimeout: 0 });
  }

  /** @throws Error on any answer that is no success. */
  async send<T>({ method, path, body, contentType = "application/json" }: Write): Promise<T> {
    const headers = { "content-type": contentType };
    return await this.#exchange<T>(method, path, { headers, body: JSON.stringify(body) });
  }

  async get<T>(path: string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    return await this.#exchange<T>("GET", path, { headers });
  }

  /** What is in a collection and all that happens to it, until `signal` aborts: a watch that is cut goes on from where it was. */
  async *watch<T extends Versioned>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const options = { dispatcher: this.#agent, headers: this.#headers, signal };
    const query = new URLSearchParams({ watch: "1" });
    while (!signal.aborted) {
      const { statusCode, body } = await request(`${this.#server}${path}?${query}`, options);
      if (statusCode !== 200) throw new Error(`watch ${path}: ${statusCode} ${await body.text()}`);
      for await (const line of jsonLines(body)) {
        const event = line as WatchEvent<T>;
        if (event.type === "ERROR") throw new Error(`watch ${path}: ${JSON.stringify(event.object)}`);
        query.set("resourceVersion", event.object.metadata.resourceVersion);
        yield event;
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #exchange<T>(
    method: Write["method"] | "GET",
    path: string,
    { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body?: string },
  ): Promise<T> {
    const response = await request(this.#server + path, {
      method,
      dispatcher: this.#agent,
      headers: { ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as T;
  }
}
