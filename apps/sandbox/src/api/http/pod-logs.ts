import { get, type ServerResponse } from "node:http";
import { arrayAt, at, numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, badRequest } from "../api-error.ts";
import type { Store } from "../store.ts";

/** Fetches container logs from the kubelet of a pod's node, as kube-apiserver proxies them. */
export class PodLogs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Streams the kubelet's answer. @throws ApiError 400 (which container?), 500 (no kubelet). */
  async send(pod: KubeObject, query: URLSearchParams, response: ServerResponse): Promise<void> {
    const container = query.get("container") ?? onlyContainer(pod);
    const node = this.#store.get("/nodes", "", stringAt(pod, "spec", "nodeName") ?? "");
    const addresses = arrayAt(node, "status", "addresses");
    const address = stringAt(
      addresses.find((one) => at(one, "type") === "InternalIP"),
      "address",
    );
    const port = numberAt(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port");
    if (address === undefined || port === undefined) throw unreachable(pod, "its node has no kubelet");
    const path = `/containerLogs/${stringAt(pod, "metadata", "namespace")}/${pod.metadata.name}/${container}?${query}`;
    await new Promise<void>((resolve, reject) => {
      const upstream = get({ host: address, port, path }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, { "content-type": "text/plain" });
        answer.pipe(response);
        answer.on("close", resolve);
      });
      upstream.on("error", (error) => reject(unreachable(pod, error.message)));
      response.on("close", () => upstream.destroy());
    });
  }
}

function unreachable(pod: KubeObject, why: string): ApiError {
  return new ApiError(
    500,
    "InternalError",
    `Internal error occurred: no logs of pod "${pod.metadata.name}": ${why}`,
    {},
  );
}

function onlyContainer(pod: KubeObject): string {
  const names = arrayAt(pod, "spec", "containers").map((container) => stringAt(container, "name") ?? "");
  const [first] = names;
  if (names.length === 1 && first !== undefined) return first;
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(" ")}]`,
  );
}
