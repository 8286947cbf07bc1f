import type { IncomingMessage, ServerResponse } from "node:http";
import { aggregated, coreVersions, groupList, groupOf, resourceList } from "../discovery/discovery.ts";
import { openApiDocument, openApiIndex } from "../discovery/openapi.ts";
import { OPENAPI_V2, openApiV2Document } from "../discovery/openapi-v2.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { wantsAggregated } from "./negotiation.ts";
import { send, sendJson, sendText } from "./respond.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const VERSION = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.4+upgrade-halt-sandbox",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "node",
  platform: `${process.platform}/${process.arch}`,
};

/** Answers what is no resource: health, version, discovery, OpenAPI. False when `path` is none of these. */
export function answerFixedPath(
  path: string,
  types: readonly ResourceType[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const parts = path.split("/").filter((part) => part !== "");
  const [root = "", first = "", second = ""] = parts;
  const isDiscovery = (root === "api" || root === "apis") && parts.length <= 3;
  if (["healthz", "livez", "readyz"].includes(root)) sendText(response, 200, "ok");
  else if (root === "version") sendJson(response, 200, VERSION);
  else if (path === "/openapi/v2") send(response, 200, openApiV2Document(types), OPENAPI_V2);
  else if (path === "/openapi/v3") sendJson(response, 200, openApiIndex(types));
  else if (path.startsWith("/openapi/v3/"))
    found(response, openApiDocument(path.slice("/openapi/v3/".length), types));
  else if (isDiscovery && parts.length === 1) answerRoot(root === "api", types, request, response);
  else if (root === "api" && parts.length === 2) found(response, resourceList("", first, types));
  else if (root === "apis" && parts.length === 2) found(response, groupOf(first, types));
  else if (root === "apis" && parts.length === 3) found(response, resourceList(first, second, types));
  else return false;
  request.resume();
  return true;
}

function answerRoot(
  isCore: boolean,
  types: readonly ResourceType[],
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  if (wantsAggregated(headers.accept)) sendJson(response, 200, aggregated(types, isCore), [], AGGREGATED);
  else sendJson(response, 200, isCore ? coreVersions(headers.host ?? "") : groupList(types));
}

function found(response: ServerResponse, body: Parameters<typeof sendJson>[2] | undefined): void {
  if (body === undefined) sendText(response, 404, "404 page not found\n");
  else sendJson(response, 200, body);
}
