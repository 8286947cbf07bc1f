import { ApiServer, type ApiServerOptions } from "../api/http/api-server.ts";
import type { Store } from "../api/store.ts";
import type { Json, JsonObject } from "../json/json.ts";

/** An answer of the API: its HTTP status and its body as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Record<string, string>;
}

/** An embedded API server on a free port, and short ways to talk to it. */
export class TestApi {
  readonly server: ApiServer;

  private constructor(server: ApiServer) {
    this.server = server;
  }

  /** `before` is called with the server's objects before anybody can ask for them. */
  static async start(options: ApiServerOptions = {}, before?: (store: Store) => void): Promise<TestApi> {
    const api = new TestApi(new ApiServer(options));
    before?.(api.server.store);
    await api.server.start();
    return api;
  }

  async call(method: string, path: string, body?: Json | string, options: CallOptions = {}): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: {
        accept: options.accept ?? "application/json",
        ...(body === undefined ? {} : { "content-type": options.type ?? "application/json" }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: text }),
    });
    const answer = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      body: isJson ? (JSON.parse(answer) as JsonObject) : { text: answer },
      headers: response.headers,
    };
  }

  get(path: string, options?: CallOptions): Promise<Answer> {
    return this.call("GET", path, undefined, options);
  }

  post(path: string, body: Json): Promise<Answer> {
    return this.call("POST", path, body);
  }

  put(path: string, body: Json): Promise<Answer> {
    return this.call("PUT", path, body);
  }

  merge(path: string, body: Json): Promise<Answer> {
    return this.call("PATCH", path, body, { type: "application/merge-patch+json" });
  }

  apply(path: string, body: Json): Promise<Answer> {
    return this.call("PATCH", path, body, { type: "application/apply-patch+yaml" });
  }

  delete(path: string, body?: Json): Promise<Answer> {
    return this.call("DELETE", path, body);
  }

  /** The events of a watch that ends by itself (give it timeoutSeconds). */
  async watch(path: string): Promise<readonly JsonObject[]> {
    const response = await fetch(`${this.server.url}${path}`);
    const text = await response.text();
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as JsonObject);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
