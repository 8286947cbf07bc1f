import type { Json, JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError } from "../api-error.ts";
import { type IncludeObject, toEventTable, toPartialMetadata, toTable } from "../printing/table.ts";
import { apiVersionOf, type ResourceType } from "../resources/resource-type.ts";

/** The form that a client asked for by its Accept header. */
export type View = "object" | "table" | "metadata";

/** The first form in an Accept header that this server can give. */
export function viewOf(accept: string | undefined): View {
  for (const range of (accept ?? "").split(",")) {
    const parameters = new Set(range.split(";").map((part) => part.trim()));
    if (!parameters.has("application/json")) continue;
    if (parameters.has("as=Table")) return "table";
    if (parameters.has("as=PartialObjectMetadata") || parameters.has("as=PartialObjectMetadataList"))
      return "metadata";
    if (![...parameters].some((part) => part.startsWith("as="))) return "object";
  }
  return "object";
}

/** Whether protobuf is what a client takes before JSON. */
export function wantsProtobuf(accept: string | undefined): boolean {
  for (const range of (accept ?? "").split(",")) {
    const [mediaType = "", ...parameters] = range.split(";").map((part) => part.trim());
    if (mediaType === "application/json" || mediaType === "*/*" || mediaType === "application/*")
      return false;
    if (mediaType === PROTOBUF && !parameters.some((one) => one.startsWith("as="))) return true;
  }
  return false;
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";
const REPRESENTATIONS = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const STREAMS = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];

/**
 * YAML is a name that clients put before JSON; they get JSON. Protobuf they get for single objects and lists of built-in kinds.
 *
 * @throws ApiError 406 when none of what the client takes is a form of this API.
 */
export function requireAcceptable(accept: string | undefined): void {
  const ranges = (accept || "*/*").split(",").map((range) => range.split(";")[0]?.trim() ?? "");
  const isKnown = ranges.some((range) => ["*/*", "application/*", ...REPRESENTATIONS].includes(range));
  if (isKnown && (accept ?? "").split(",").every(isOfUnknownForm)) {
    const message = `only the following media types are accepted: ${REPRESENTATIONS.join(", ")}`;
    throw new ApiError(406, "NotAcceptable", message);
  }
  if (isKnown) return;
  const available = [...REPRESENTATIONS, ...STREAMS].join(", ");
  const message = `406: Not Acceptable\n\nAvailable representations: ${available}`;
  throw new ApiError(406, "NotAcceptable", message, {});
}

/** Whether a range asks for a form of JSON, by `as`, that there is none of. */
function isOfUnknownForm(range: string): boolean {
  const form = /;\s*as=([A-Za-z]+)/.exec(range)?.[1];
  if (form === undefined) return false;
  const isForm = ["Table", "PartialObjectMetadata", "PartialObjectMetadataList"].includes(form);
  return !(isForm && /;\s*v=v1(;|$)/.test(range) && /;\s*g=meta\.k8s\.io(;|$)/.test(range));
}

/** Whether the client takes aggregated discovery (apidiscovery.k8s.io/v2). */
export function wantsAggregated(accept: string | undefined): boolean {
  return /g=apidiscovery\.k8s\.io/.test(accept ?? "") && /v=v2(;|,|$)/.test(accept ?? "");
}

/** How single objects, lists and watch events are shown to one client. */
export class Presenter {
  readonly #type: ResourceType;
  readonly #view: View;
  readonly #include: IncludeObject;
  readonly #now: () => number;
  #isFirstEvent = true;

  constructor(type: ResourceType, view: View, include: IncludeObject, now: () => number) {
    this.#type = type;
    this.#view = view;
    this.#include = include;
    this.#now = now;
  }

  one(object: KubeObject): JsonObject {
    if (this.#view === "metadata") return toPartialMetadata(object);
    if (this.#view === "object") return object;
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
    return toTable(this.#type, [object], metadata, this.#include, this.#now());
  }

  many(items: readonly KubeObject[], metadata: JsonObject): JsonObject {
    if (this.#view === "table") {
      const { continue: token, ...rest } = metadata;
      const shown = token === "" ? rest : metadata;
      return toTable(this.#type, items, shown, this.#include, this.#now());
    }
    if (this.#view === "metadata") {
      const partial = items.map(toPartialMetadata);
      return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items: partial };
    }
    return {
      kind: `${this.#type.kind}List`,
      apiVersion: apiVersionOf(this.#type),
      metadata,
      items: this.#type.builtIn ? items.map(withoutType) : [...items],
    };
  }

  event(object: KubeObject): Json {
    if (this.#view === "metadata") return toPartialMetadata(object);
    if (this.#view === "object") return object;
    const table = toEventTable(this.#type, object, this.#isFirstEvent, this.#include, this.#now());
    this.#isFirstEvent = false;
    return table;
  }
}

/** Items of built-in lists leave kind and apiVersion to the list. */
function withoutType(object: KubeObject): JsonObject {
  const { kind: _, apiVersion: __, ...rest } = object;
  return rest;
}
