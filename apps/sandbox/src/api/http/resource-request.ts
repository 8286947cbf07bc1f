import type { IncomingMessage, ServerResponse } from "node:http";
import type { Json } from "../../json/json.ts";
import type { ServiceAccountTokens } from "../access/service-account-tokens.ts";
import { badRequest } from "../api-error.ts";
import type { ApiContext, Target, WriteOptions } from "../operations/context.ts";
import type { ListSnapshots } from "../operations/list.ts";
import type { IncludeObject } from "../printing/table.ts";
import { Presenter, viewOf } from "./negotiation.ts";
import type { PodLogs } from "./pod-logs.ts";
import { writeOptions } from "./query.ts";

/** One request for a resource, its path already understood. */
export interface ResourceRequest {
  readonly context: ApiContext;
  readonly snapshots: ListSnapshots;
  readonly logs: PodLogs;
  readonly tokens: ServiceAccountTokens;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** How the answer is to be shown. */
export function presenter({ target, query, request, context }: ResourceRequest): Presenter {
  const include = query.get("includeObject") ?? "Metadata";
  const known: IncludeObject = include === "None" || include === "Object" ? include : "Metadata";
  return new Presenter(target.type, viewOf(request.headers.accept), known, context.now);
}

/** @throws ApiError 400 when there is no body. */
export function required(body: Json | undefined): Json {
  if (body === undefined) throw badRequest("the request needs a body");
  return body;
}

const OPTIONS: Readonly<Record<string, "CreateOptions" | "PatchOptions">> = {
  POST: "CreateOptions",
  PATCH: "PatchOptions",
};

/** How a write is to be done. */
export function optionsOf({ query, request, target }: ResourceRequest): WriteOptions {
  const kind = OPTIONS[request.method ?? ""] ?? "UpdateOptions";
  return writeOptions(query, request.headers["user-agent"], target.subresource, kind);
}
