import { at, isObject, type JsonObject, objectAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { type ContainerSpec, metadataMap, type PodSpec } from "./pod-spec.ts";

/** Fetches a ConfigMap or Secret of the pod's namespace, or undefined when there is none. */
export type Lookup = (kind: "configmaps" | "secrets", name: string) => Promise<KubeObject | undefined>;

export interface PodAddresses {
  readonly podIp: string;
  readonly hostIp: string;
}

/** A container can't be made yet: what is missing, for a CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  override readonly name = "ContainerConfigError";
}

/**
 * The environment of a container: literal values with `$(NAME)` expanded, the downward API, ConfigMap and Secret keys.
 * @throws ContainerConfigError naming what is missing.
 */
export async function containerEnv(
  pod: PodSpec,
  container: ContainerSpec,
  addresses: PodAddresses,
  lookup: Lookup,
): Promise<Record<string, string>> {
  const env: Record<string, string> = { HOSTNAME: pod.name };
  for (const variable of container.env) {
    const name = stringAt(variable, "name") ?? "";
    const value = stringAt(variable, "value");
    if (value !== undefined) env[name] = expand(value, env);
    else {
      const found = await valueFrom(objectAt(variable, "valueFrom"), pod, addresses, lookup);
      if (found !== undefined) env[name] = found;
    }
  }
  return env;
}

/** `$(NAME)` by its value, `$$(NAME)` by `$(NAME)`, an unknown name as it stands (core/v1 Container.args). */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([A-Za-z_][\w.-]*)\))/g, (whole, kind: string, name: string | undefined) =>
    kind === "$" ? "$" : name !== undefined && Object.hasOwn(env, name) ? (env[name] ?? whole) : whole,
  );
}

async function valueFrom(
  source: JsonObject,
  pod: PodSpec,
  addresses: PodAddresses,
  lookup: Lookup,
): Promise<string | undefined> {
  if (isObject(source.fieldRef))
    return fieldValue(stringAt(source, "fieldRef", "fieldPath") ?? "", pod, addresses);
  for (const [field, kind] of [
    ["configMapKeyRef", "configmaps"],
    ["secretKeyRef", "secrets"],
  ] as const) {
    const reference = source[field];
    if (!isObject(reference)) continue;
    const name = stringAt(reference, "name") ?? "";
    const key = stringAt(reference, "key") ?? "";
    const object = await lookup(kind, name);
    const value = stringsAt(object, "data")[key];
    if (value !== undefined) return kind === "secrets" ? Buffer.from(value, "base64").toString() : value;
    if (at(reference, "optional") === true) return undefined;
    const what =
      object === undefined
        ? `${kind.slice(0, -1)} "${name}" not found`
        : `couldn't find key ${key} in ${name}`;
    throw new ContainerConfigError(what);
  }
  return undefined;
}

function fieldValue(path: string, pod: PodSpec, addresses: PodAddresses): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null)
    return metadataMap(pod, keyed[1] === "labels" ? "labels" : "annotations")[keyed[2] ?? ""] ?? "";
  if (path === "status.podIP" || path === "status.podIPs") return addresses.podIp;
  if (path === "status.hostIP") return addresses.hostIp;
  return stringAt(pod.object, ...path.split(".")) ?? "";
}
