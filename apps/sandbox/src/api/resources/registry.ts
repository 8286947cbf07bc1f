import type { KubeObject } from "../../json/kube-object.ts";
import { BUILT_IN } from "./built-in.ts";
import { customResourceTypes } from "./custom-resource.ts";
import type { ResourceType } from "./resource-type.ts";

/** The resources served right now: the built-in ones and those of every CustomResourceDefinition. */
export class Registry {
  readonly #types = new Map<string, ResourceType>();
  readonly #byCrd = new Map<string, readonly string[]>();

  constructor() {
    for (const type of BUILT_IN) this.#types.set(keyOf(type.group, type.version, type.plural), type);
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    return this.#types.get(keyOf(group, version, plural));
  }

  all(): readonly ResourceType[] {
    return [...this.#types.values()];
  }

  /** Serves what `crd` says, in the place of what it said before. */
  define(crd: KubeObject): void {
    this.undefine(crd);
    const types = customResourceTypes(crd);
    for (const type of types) this.#types.set(keyOf(type.group, type.version, type.plural), type);
    this.#byCrd.set(
      crd.metadata.name,
      types.map((type) => keyOf(type.group, type.version, type.plural)),
    );
  }

  undefine(crd: KubeObject): void {
    for (const key of this.#byCrd.get(crd.metadata.name) ?? []) this.#types.delete(key);
    this.#byCrd.delete(crd.metadata.name);
  }
}

function keyOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
