import { randomUUID } from "node:crypto";
import { clone, type Json, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, alreadyExists, forbidden, invalid, notFound } from "../api-error.ts";
import { trackUpdate } from "../apply/managed-fields.ts";
import { isSubdomain, SUBDOMAIN_RULE } from "../label-syntax.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { admit, readObject } from "./admission.ts";
import { runAdmissionPlugins } from "./admission-plugins.ts";
import {
  type ApiContext,
  served,
  type Target,
  timestamp,
  type WriteOptions,
  type Written,
} from "./context.ts";

import { nameSuffix } from "./name-suffix.ts";

const LONGEST_NAME = 253;

/**
 * POST: stores a new object.
 * @throws ApiError 400, 403 (namespace going away), 404 (no such namespace), 409 (exists), 422.
 */
export function create(context: ApiContext, target: Target, body: Json, options: WriteOptions): Written {
  const { type } = target;
  const received = readObject(body, target);
  if ((stringAt(received, "metadata", "resourceVersion") ?? "") !== "") {
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  }
  const isStored = type.conversion !== undefined;
  const object = clone<KubeObject>(isStored ? type.conversion.toStored(received) : received);
  identify(object, type, context.now());
  requireNamespace(context, target);
  if (type.subresources.includes("status")) delete object.status;
  const warnings = admit(object, undefined, type, options);
  runAdmissionPlugins(context, target, object);
  if (context.store.get(type.storageKey, target.namespace, object.metadata.name) !== undefined) {
    throw alreadyExists(type, object.metadata.name);
  }
  if (object.metadata.managedFields === undefined) {
    object.metadata.managedFields = trackUpdate(
      type,
      undefined,
      object,
      options.manager,
      timestamp(context.now()),
    );
  }
  const stored = options.dryRun ? object : context.store.commit("ADDED", type.storageKey, object);
  return { object: served(type, stored), warnings };
}

/** Gives the object its name, uid and creation time; drops what only the server may set. */
function identify(object: KubeObject, type: ResourceType, now: number): void {
  const { metadata } = object;
  const prefix = stringAt(metadata, "generateName");
  if (metadata.name === "" && prefix !== undefined) metadata.name = `${prefix}${nameSuffix()}`;
  if (metadata.name === "") {
    const message = "Required value: name or generateName is required";
    throw invalid(type, "", [{ reason: "FieldValueRequired", message, field: "metadata.name" }]);
  }
  if (metadata.name.length > LONGEST_NAME) {
    const message = `Invalid value: ${JSON.stringify(metadata.name)}: must be no more than ${LONGEST_NAME} characters`;
    throw invalid(type, metadata.name, [{ reason: "FieldValueInvalid", message, field: "metadata.name" }]);
  }
  if (type.group !== "rbac.authorization.k8s.io" && !isSubdomain(metadata.name)) {
    const message = `Invalid value: ${JSON.stringify(metadata.name)}: ${SUBDOMAIN_RULE}`;
    throw invalid(type, metadata.name, [{ reason: "FieldValueInvalid", message, field: "metadata.name" }]);
  }
  for (const field of [
    "resourceVersion",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "generation",
  ]) {
    delete metadata[field];
  }
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(now);
  if (type.generation) metadata.generation = 1;
}

function requireNamespace(context: ApiContext, { type, namespace, name }: Target): void {
  if (!type.namespaced) return;
  const namespaces = { group: "", plural: "namespaces" };
  const found = context.store.get("/namespaces", "", namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp !== undefined) {
    throw forbidden(
      type,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
}
