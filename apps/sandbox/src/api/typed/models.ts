import * as clientNode from "@kubernetes/client-node";

/** A field of a built-in type: its JSON name, its type as the OpenAPI generator writes it, and its format. */
export interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly format: string;
}

export type Model = ReadonlyMap<string, ModelField>;

const models = new Map<string, Model | undefined>();

/**
 * The fields of a built-in type by the name of its class, such as `V1PodSpec`: read from @kubernetes/client-node, whose
 * classes are generated from Kubernetes' own OpenAPI document.
 */
export function modelNamed(name: string): Model | undefined {
  if (!models.has(name)) models.set(name, readModel(name));
  return models.get(name);
}

function readModel(name: string): Model | undefined {
  const found: unknown = Object.hasOwn(clientNode, name) ? Reflect.get(clientNode, name) : undefined;
  if (typeof found !== "function" || !("getAttributeTypeMap" in found)) return undefined;
  const { getAttributeTypeMap } = found;
  if (typeof getAttributeTypeMap !== "function") return undefined;
  const attributes = getAttributeTypeMap.call(found) as readonly {
    baseName: string;
    type: string;
    format: string;
  }[];
  return new Map(
    attributes.map(({ baseName, type, format }) => [baseName, { name: baseName, type, format }]),
  );
}

/** The model of a built-in resource's kind, undefined when the client knows none. */
export function modelNameOf(group: string, version: string, kind: string): string {
  if (kind === "Event") return group === "" ? "CoreV1Event" : "EventsV1Event";
  return `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
}
