import type { Json, JsonObject } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
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
    if (this.#view === "table") return toTable(this.#type, items, metadata, this.#include, this.#now());
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
