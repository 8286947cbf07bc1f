import * as clientNode from "@kubernetes/client-node";
import type { Models } from "../api/typed/models.ts";

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

/** The fields of every type that @kubernetes/client-node has a class of. */
export function modelsOfClient(): Models {
  const classes = Object.entries(clientNode).flatMap(([name, found]: [string, unknown]) => {
    if (typeof found !== "function" || !("getAttributeTypeMap" in found)) return [];
    const { getAttributeTypeMap } = found;
    if (typeof getAttributeTypeMap !== "function") return [];
    const attributes = getAttributeTypeMap.call(found) as readonly Attribute[];
    return [
      [name, attributes.map(({ baseName, type, format }) => [baseName, type, format] as const)] as const,
    ];
  });
  return Object.fromEntries(classes);
}
