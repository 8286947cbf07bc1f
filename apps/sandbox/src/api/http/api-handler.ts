import { type Json, objectAt } from "../../json/json.ts";
import { methodNotAllowed } from "../api-error.ts";
import {
  type RefuseBody,
  refuseObject,
  refuseOptions,
  refusePatch,
  refuseStrategicPatch,
  refuseYaml,
} from "../body-words.ts";
import { existing, served, type Target } from "../operations/context.ts";
import { evict } from "../operations/eviction.ts";
import { list } from "../operations/list.ts";
import { bind, finalizeNamespace, patchScale, scaleOf, setScale } from "../operations/subresources.ts";
import { requireAcceptable } from "./negotiation.ts";
import { deleteOptions, flag, integer, matcherOf, requireMatch, resourceVersionOf } from "./query.ts";
import { mediaTypeOf, readBody } from "./request-body.ts";
import { optionsOf, presenter, type ResourceRequest, required } from "./resource-request.ts";
import { sendObject } from "./respond.ts";
import { streamWatch } from "./watch-stream.ts";
import { deleteCollection, deleteOne, handleCreate, handlePatch, handleUpdate } from "./write-handlers.ts";

const SUCCESS = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };

/** Answers a request for a resource. @throws ApiError for anything that can't be done. */
export async function handleResource(call: ResourceRequest): Promise<void> {
  const { target, request } = call;
  if (target.subresource !== "log") requireAcceptable(request.headers.accept);
  if (request.method === "GET") return handleRead(call);
  const refuse = refusalOf(call);
  const { json: body, duplicates } = await readBody(request, refuse);
  const isDue = request.method === "POST" || request.method === "PUT" || request.method === "PATCH";
  if (body === undefined && isDue) throw refuse("unexpected end of JSON input", Buffer.of());
  if (isSpecial(target)) return handleSubresource(call, body);
  switch (request.method) {
    case "POST":
      return handleCreate(call, body, duplicates);
    case "PUT":
      return handleUpdate(call, body, duplicates);
    case "PATCH":
      return handlePatch(call, body);
    case "DELETE":
      return target.name === "" ? deleteCollection(call, body) : deleteOne(call, body);
    default:
      throw methodNotAllowed();
  }
}

function refusalOf({ request, target }: ResourceRequest): RefuseBody {
  if (request.method === "PATCH") {
    const mediaType = mediaTypeOf(request);
    if (mediaType.endsWith("yaml")) return refuseYaml;
    return mediaType.includes("strategic") ? refuseStrategicPatch : refusePatch;
  }
  return request.method === "DELETE" ? refuseOptions : refuseObject(target.type.kind);
}

function isSpecial({ subresource }: Target): boolean {
  return subresource !== "" && subresource !== "status";
}

async function handleRead(call: ResourceRequest): Promise<void> {
  const { context, target, query, request, response, snapshots } = call;
  const { type, name, subresource } = target;
  if (subresource === "log") return call.logs.send(existing(context, target), query, response);
  if (subresource === "scale") return sendObject(request, response, 200, scaleOf(existing(context, target)));
  if (isSpecial(target)) throw methodNotAllowed();
  const matches = matcherOf(query, type, name);
  if (flag(query, "watch")) {
    const view = presenter(call);
    requireMatch(query);
    const watchQuery = {
      matches,
      resourceVersion: resourceVersionOf(query, true),
      bookmarks: flag(query, "allowWatchBookmarks"),
      sendInitialEvents: flag(query, "sendInitialEvents"),
      render: view.event.bind(view),
    };
    return streamWatch(context, target, watchQuery, integer(query, "timeoutSeconds"), response);
  }
  if (name !== "")
    return sendObject(request, response, 200, presenter(call).one(served(type, existing(context, target))));
  const page = list(context, snapshots, target, {
    matches,
    limit: integer(query, "limit"),
    isSelective: query.has("labelSelector") || query.has("fieldSelector"),
    continueToken: query.get("continue") ?? "",
    resourceVersion: resourceVersionOf(query),
  });
  sendObject(request, response, 200, presenter(call).many(page.items, page.metadata));
}

function handleSubresource(call: ResourceRequest, body: Json | undefined): void {
  const { context, target, request, response } = call;
  switch (`${request.method} ${target.subresource}`) {
    case "POST binding":
      bind(context, target, required(body), optionsOf(call));
      sendObject(request, response, 201, SUCCESS);
      break;
    case "POST eviction":
      evict(context, target, body, deleteOptions(call.query, objectAt(body, "deleteOptions")));
      sendObject(request, response, 201, SUCCESS);
      break;
    case "PATCH scale":
      sendObject(
        request,
        response,
        200,
        patchScale(context, target, mediaTypeOf(request), required(body), optionsOf(call)),
      );
      break;
    case "PUT scale":
      sendObject(request, response, 200, setScale(context, target, required(body), optionsOf(call)));
      break;
    case "POST token":
      sendObject(request, response, 201, call.tokens.issue(existing(context, target), required(body)));
      break;
    case "PUT finalize":
      sendObject(request, response, 200, finalizeNamespace(context, target, required(body), optionsOf(call)));
      break;
    default:
      throw methodNotAllowed();
  }
}
