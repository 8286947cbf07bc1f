import type { ResourceType } from "../resources/resource-type.ts";
import { propertySchema, type StructuralSchema } from "../schema/structural-schema.ts";

/** How a list merges: as a whole, as a set of scalars, or as items identified by `keys`. */
export type ListRule =
  | { readonly kind: "atomic" }
  | { readonly kind: "set" }
  | { readonly kind: "map"; readonly keys: readonly string[]; readonly strategicKey: string };

/** A position in a type: what merging and field ownership must know about the value there. */
export interface TypeCursor {
  readonly list: ListRule;
  /** True for an object that is owned and replaced as a whole. */
  readonly atomic: boolean;
  field(name: string): TypeCursor;
  item(): TypeCursor;
}

const ATOMIC: ListRule = { kind: "atomic" };
const SET: ListRule = { kind: "set" };
const byName = map("name");

function map(...keys: readonly [string, ...string[]]): ListRule {
  return { kind: "map", keys, strategicKey: keys[0] };
}

/** The merge keys of the built-in types, by field name (patchStrategy and listType tags of k8s.io/api). */
const LISTS: Readonly<Record<string, ListRule>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  volumes: byName,
  imagePullSecrets: byName,
  secrets: byName,
  volumeMounts: map("mountPath"),
  volumeDevices: map("devicePath"),
  conditions: map("type"),
  addresses: map("type"),
  ownerReferences: map("uid"),
  hostAliases: map("ip"),
  podIPs: map("ip"),
  topologySpreadConstraints: map("topologyKey", "whenUnsatisfiable"),
  finalizers: SET,
};

/** Objects of the built-in types that carry mapType=atomic. */
const ATOMIC_OBJECTS = new Set([
  "selector",
  "fieldRef",
  "secretKeyRef",
  "configMapKeyRef",
  "claimRef",
  "nodeSelector",
]);

class BuiltInCursor implements TypeCursor {
  readonly #name: string;
  readonly #parent: string;

  constructor(name: string, parent: string) {
    this.#name = name;
    this.#parent = parent;
  }

  get list(): ListRule {
    if (this.#name === "ports") {
      return map(this.#parent === "containers" ? "containerPort" : "port", "protocol");
    }
    return (Object.hasOwn(LISTS, this.#name) ? LISTS[this.#name] : undefined) ?? ATOMIC;
  }

  get atomic(): boolean {
    return ATOMIC_OBJECTS.has(this.#name);
  }

  field(name: string): TypeCursor {
    return new BuiltInCursor(name, this.#name);
  }

  item(): TypeCursor {
    return this;
  }
}

class SchemaCursor implements TypeCursor {
  readonly #schema: StructuralSchema | undefined;
  readonly #isRoot: boolean;

  constructor(schema: StructuralSchema | undefined, isRoot = false) {
    this.#schema = schema;
    this.#isRoot = isRoot;
  }

  get list(): ListRule {
    const keys = this.#schema?.["x-kubernetes-list-map-keys"] ?? [];
    switch (this.#schema?.["x-kubernetes-list-type"]) {
      case "set":
        return SET;
      case "map":
        return { kind: "map", keys, strategicKey: keys[0] ?? "name" };
      default:
        return ATOMIC;
    }
  }

  get atomic(): boolean {
    return this.#schema?.["x-kubernetes-map-type"] === "atomic";
  }

  field(name: string): TypeCursor {
    if (this.#isRoot && name === "metadata") return new BuiltInCursor("metadata", "");
    return new SchemaCursor(this.#schema === undefined ? undefined : propertySchema(this.#schema, name));
  }

  item(): TypeCursor {
    return new SchemaCursor(this.#schema?.items);
  }
}

/** The root of a resource's type. */
export function cursorOf(type: Pick<ResourceType, "builtIn" | "schema">): TypeCursor {
  return type.builtIn ? new BuiltInCursor("", "") : new SchemaCursor(type.schema, true);
}
