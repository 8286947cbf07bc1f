import { readFileSync } from "node:fs";

/** A field of a built-in type: its JSON name, its type as the OpenAPI generator writes it, and its format. */
export interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly format: string;
}

export type Model = ReadonlyMap<string, ModelField>;

/** Each type's fields, by the name of its class: name, type, format. */
export type Models = Readonly<Record<string, readonly (readonly [string, string, string])[]>>;

/** Made by `scripts/models.ts`; read when the first object comes. */
const FILE = new URL("../../../descriptors/models.json", import.meta.url);

let read: Models | undefined;
const models = new Map<string, Model | undefined>();

/** The fields of a built-in type by the name of its class, such as `V1PodSpec`. */
export function modelNamed(name: string): Model | undefined {
  if (!models.has(name)) models.set(name, readModel(name));
  return models.get(name);
}

function readModel(name: string): Model | undefined {
  read ??= JSON.parse(readFileSync(FILE, "utf8")) as Models;
  const fields = Object.hasOwn(read, name) ? read[name] : undefined;
  return fields && new Map(fields.map(([field, type, format]) => [field, { name: field, type, format }]));
}

/** The model of a built-in resource's kind, undefined when the client knows none. */
export function modelNameOf(group: string, version: string, kind: string): string {
  if (kind === "Event") return group === "" ? "CoreV1Event" : "EventsV1Event";
  return `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
}
