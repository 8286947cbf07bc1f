import type { ServerResponse } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { arrayAt, at, numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, badRequest, type Cause, invalid } from "../api-error.ts";
import type { Store } from "../store.ts";
import { integer } from "./query.ts";

/** Fetches container logs from the kubelet of a pod's node, as kube-apiserver proxies them. */
export class PodLogs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Streams the kubelet's answer. @throws ApiError 400 (which container?), 500 (no kubelet). */
  async send(pod: KubeObject, query: URLSearchParams, response: ServerResponse): Promise<void> {
    requireOptions(pod, query);
    const container = containerOf(pod, query.get("container") ?? "");
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
      // As kube-apiserver does that was told no authority for kubelets.
      const unchecked = { rejectUnauthorized: false, agent: false } as const;
      const upstream = get({ host: address, port, path, ...unchecked }, (answer) => {
        if (answer.statusCode === 400)
          return void text(answer).then((why) => reject(badRequest(why)), reject);
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

/** The container that is asked for, or the only one. @throws ApiError 400. */
function containerOf(pod: KubeObject, asked: string): string {
  const names = (list: string): readonly string[] =>
    arrayAt(pod, "spec", list).map((container) => stringAt(container, "name") ?? "");
  const [containers, inits] = [names("containers"), names("initContainers")];
  const [first = "", second] = containers;
  if (asked === "") {
    if (second === undefined) return first;
    const more = inits.length === 0 ? "" : ` or one of the init containers: [${inits.join(" ")}]`;
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${containers.join(" ")}]${more}`,
    );
  }
  if ([...containers, ...inits].includes(asked)) return asked;
  throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
}

/** The rules of core/v1 PodLogOptions, and a refusal of what the process kubelet does not tell apart. @throws ApiError 400, 422. */
function requireOptions(pod: KubeObject, query: URLSearchParams): void {
  const causes = [
    ...atLeast(query, "tailLines", 0, "must be greater than or equal to 0"),
    ...(query.has("sinceTime") && query.has("sinceSeconds") ? [BOTH_SINCE] : []),
    ...atLeast(query, "sinceSeconds", 1, "must be greater than 0"),
    ...atLeast(query, "limitBytes", 1, "must be greater than 0"),
  ];
  if (causes.length > 0) throw invalid({ group: "", kind: "PodLogOptions" }, pod.metadata.name, causes);
  const stream = query.get("stream") ?? "All";
  if (stream !== "All") {
    throw badRequest(
      `stream ${JSON.stringify(stream)} is not served: the sandbox keeps one log of both streams; leave stream out`,
    );
  }
}

const BOTH_SINCE: Cause = {
  reason: "FieldValueForbidden",
  message: "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
  field: "[]",
};

function atLeast(query: URLSearchParams, field: string, least: number, rule: string): readonly Cause[] {
  if (!query.has(field)) return [];
  const value = integer(query, field);
  if (value >= least) return [];
  return [{ reason: "FieldValueInvalid", message: `Invalid value: ${value}: ${rule}`, field }];
}
