import type { Json } from "../../json/json.ts";
import { methodNotAllowed } from "../api-error.ts";
import { served } from "../operations/context.ts";
import { create } from "../operations/create.ts";
import { remove } from "../operations/delete.ts";
import { patch } from "../operations/patch.ts";
import { update } from "../operations/update.ts";
import { deleteOptions, flag, matcherOf } from "./query.ts";
import { mediaTypeOf } from "./request-body.ts";
import { optionsOf, presenter, type ResourceRequest, required } from "./resource-request.ts";
import { sendObject } from "./respond.ts";

/** Types whose delete answers with the object in any case. */
const RETURNED_WHEN_GONE = new Set(["/pods", "apiextensions.k8s.io/customresourcedefinitions"]);

/** POST of a collection. */
export function handleCreate(
  call: ResourceRequest,
  body: Json | undefined,
  duplicates: readonly string[],
): void {
  if (call.target.name !== "") throw methodNotAllowed();
  const written = create(call.context, call.target, required(body), { ...optionsOf(call), duplicates });
  sendObject(call.request, call.response, 201, presenter(call).one(written.object), written.warnings);
}

/** PUT of an object. */
export function handleUpdate(
  call: ResourceRequest,
  body: Json | undefined,
  duplicates: readonly string[],
): void {
  if (call.target.name === "") throw methodNotAllowed();
  const written = update(call.context, call.target, required(body), { ...optionsOf(call), duplicates });
  sendObject(call.request, call.response, 200, presenter(call).one(written.object), written.warnings);
}

/** PATCH of an object. */
export function handlePatch(call: ResourceRequest, body: Json | undefined): void {
  if (call.target.name === "") throw methodNotAllowed();
  const options = {
    ...optionsOf(call),
    force: flag(call.query, "force"),
    isManagerNamed: call.query.has("fieldManager"),
  };
  const written = patch(call.context, call.target, mediaTypeOf(call.request), required(body), options);
  sendObject(
    call.request,
    call.response,
    written.created ? 201 : 200,
    presenter(call).one(written.object),
    written.warnings,
  );
}

/** A delete that is done answers with a Status, one that waits with the object (202 is 200 here as in kube-apiserver). */
export function deleteOne(call: ResourceRequest, body: Json | undefined): void {
  const { target, request, response } = call;
  const { object, gone } = remove(call.context, target, deleteOptions(call.query, body));
  if (!gone || RETURNED_WHEN_GONE.has(target.type.storageKey)) {
    sendObject(request, response, 200, presenter(call).one(object));
    return;
  }
  const details = {
    name: object.metadata.name,
    ...(target.type.group === "" ? {} : { group: target.type.group }),
    kind: target.type.plural,
    uid: object.metadata.uid ?? "",
  };
  sendObject(request, response, 200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details,
  });
}

/** DELETE of a collection: answers with what was selected. */
export function deleteCollection(call: ResourceRequest, body: Json | undefined): void {
  const { context, target, query } = call;
  const options = deleteOptions(query, body);
  const matches = matcherOf(query, target.type, "");
  const namespace = target.namespace === "" ? undefined : target.namespace;
  const objects = context.store.list(target.type.storageKey, namespace).filter(matches);
  for (const { metadata } of objects) {
    const own = typeof metadata.namespace === "string" ? metadata.namespace : "";
    remove(context, { ...target, namespace: own, name: metadata.name }, options);
  }
  const page = { resourceVersion: String(context.store.revision) };
  sendObject(
    call.request,
    call.response,
    200,
    presenter(call).many(
      objects.map((object) => served(target.type, object)),
      page,
    ),
  );
}
