import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { impersonated } from "../access/impersonation.ts";
import { authorize, verbOf } from "../access/rbac.ts";
import { answerReview, reviewAt } from "../access/reviews.ts";
import { ServiceAccountTokens } from "../access/service-account-tokens.ts";
import type { User } from "../access/user.ts";
import { ApiError, methodNotAllowed, noSuchResource } from "../api-error.ts";
import { refuseObject } from "../body-words.ts";
import { resourceList } from "../discovery/discovery.ts";
import { GarbageCollector } from "../garbage-collector.ts";
import type { ApiContext, Target } from "../operations/context.ts";
import { create } from "../operations/create.ts";
import { ListSnapshots } from "../operations/list.ts";
import { Registry } from "../resources/registry.ts";
import { Store } from "../store.ts";
import { handleResource } from "./api-handler.ts";
import { answerFixedPath } from "./fixed-paths.ts";
import { requireLocal } from "./local-only.ts";
import { PodLogs } from "./pod-logs.ts";
import { flag } from "./query.ts";
import { readBody } from "./request-body.ts";
import { parseApiPath } from "./request-path.ts";
import { sendError, sendObject, sendText } from "./respond.ts";
import { refuseUnserved } from "./unserved.ts";

const CRDS = "apiextensions.k8s.io/customresourcedefinitions";

export interface ApiServerOptions {
  /** Loopback address to listen on, 127.0.0.1 by default. */
  readonly host?: string;
  /** Port, 0 (the default) for a free one. */
  readonly port?: number;
  /** How many changes watches may resume from before they get 410. */
  readonly historyLimit?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * The embedded API server: enough of the Kubernetes API over plain HTTP on loopback for kubectl and
 * controllers, with everything in memory.
 */
export class ApiServer {
  readonly store: Store;
  readonly #context: ApiContext;
  readonly #snapshots = new ListSnapshots();
  readonly #logs: PodLogs;
  readonly #tokens: ServiceAccountTokens;
  readonly #server: Server;
  readonly #options: ApiServerOptions;

  constructor(options: ApiServerOptions = {}) {
    this.#options = options;
    this.store = new Store(options.historyLimit);
    this.#logs = new PodLogs(this.store);
    this.#context = { store: this.store, registry: new Registry(), now: options.now ?? Date.now };
    this.#tokens = new ServiceAccountTokens(this.store, this.#context.now);
    const { registry } = this.#context;
    this.store.watch(CRDS, 0, ({ type, object }) => {
      if (type === "ADDED") this.store.begin(storageKeyOf(object));
      if (type === "DELETED") this.#undefine(object);
      else registry.define(object);
    });
    new GarbageCollector(this.#context);
    this.store.watch("/namespaces", 0, ({ type, object }) => {
      if (type === "ADDED") this.#createInternally("serviceaccounts", "default", object.metadata.name);
    });
    for (const name of ["default", "kube-system", "kube-node-lease"])
      this.#createInternally("namespaces", name);
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Starts to listen; resolves with the server's URL. @throws the bind error, such as EADDRINUSE. */
  async start(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(this.#options.port ?? 0, this.#options.host ?? "127.0.0.1", resolve);
    await promise;
    return this.url;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** Ends every connection, watches included, and stops listening. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** A definition takes its objects with it. */
  #undefine(crd: KubeObject): void {
    this.#context.registry.undefine(crd);
    const key = storageKeyOf(crd);
    for (const object of this.store.list(key)) this.store.commit("DELETED", key, object);
  }

  #createInternally(plural: string, name: string, namespace = ""): void {
    const type = this.#context.registry.find("", "v1", plural);
    if (type === undefined) return;
    const manager = { name: "kube-apiserver", operation: "Update", subresource: "" } as const;
    const target: Target = { type, namespace, name: "", subresource: "" };
    const options = { manager, dryRun: false, fieldValidation: "Ignore" } as const;
    create(this.#context, target, { metadata: { name } }, options);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      requireLocal(request);
      const url = new URL(request.url ?? "/", "http://localhost");
      const asked = request.method === "POST" ? reviewAt(url.pathname) : undefined;
      if (asked !== undefined) {
        const user = this.#userOf(request);
        const { json } = await readBody(request, refuseObject(asked.review.kind));
        const { store, now } = this.#context;
        sendObject(
          request,
          response,
          201,
          answerReview({ store, now, tokens: this.#tokens }, asked, user, json),
        );
      } else if (!answerFixedPath(url.pathname, this.#context.registry.all(), request, response))
        await this.#answerResource(url, request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendError(response, toApiError(error));
    }
  }

  async #answerResource(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = parseApiPath(url.pathname);
    const type = path && this.#context.registry.find(path.group, path.version, path.resource);
    const { name = "", subresource = "", namespace = "", isWatch = false } = path ?? {};
    if (isWatch) url.searchParams.set("watch", "true");
    const isKnown =
      subresource === "" ||
      subresource === "finalize" ||
      type?.subresources.some((one) => one === subresource);
    refuseUnserved(path?.group ?? "", path?.resource ?? "", subresource);
    if (type === undefined || !isKnown || (namespace !== "" && !type.namespaced)) {
      request.resume();
      const types = this.#context.registry.all();
      if (path !== undefined && resourceList(path.group, path.version, types) !== undefined)
        throw noSuchResource();
      return sendText(response, 404, "404 page not found\n");
    }
    const needsNamespace = type.namespaced && namespace === "" && (name !== "" || request.method === "POST");
    if (needsNamespace) throw methodNotAllowed();
    this.#authorize(request, url, { type, namespace, name, subresource });
    await handleResource({
      tokens: this.#tokens,
      context: this.#context,
      snapshots: this.#snapshots,
      logs: this.#logs,
      target: { type, namespace, name, subresource },
      query: url.searchParams,
      request,
      response,
    });
  }

  /** Who the request is judged as. @throws ApiError 401, 403. */
  #userOf(request: IncomingMessage): User {
    return impersonated(this.store, this.#tokens.authenticate(request.headers.authorization), request);
  }

  #authorize(request: IncomingMessage, url: URL, { type, namespace, name, subresource }: Target): void {
    const user = this.#userOf(request);
    const isWatch = flag(url.searchParams, "watch");
    authorize(this.store, user, {
      verb: verbOf(request.method ?? "GET", name !== "", isWatch),
      group: type.group,
      resource: subresource === "" ? type.plural : `${type.plural}/${subresource}`,
      namespace,
      name,
    });
  }
}

function storageKeyOf(crd: KubeObject): string {
  return `${stringAt(crd, "spec", "group")}/${stringAt(crd, "spec", "names", "plural")}`;
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ApiError(500, "InternalError", `Internal error occurred: ${why}`, {});
}
