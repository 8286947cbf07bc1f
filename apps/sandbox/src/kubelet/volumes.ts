import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { arrayAt, isObject, type JsonObject, objectAt, stringAt, stringsAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { ContainerConfigError, type Lookup } from "./environment.ts";
import type { ContainerSpec, PodSpec } from "./pod-spec.ts";

export interface VolumeContext {
  /** Folder of this pod alone, removed with it. */
  readonly podDir: string;
  /** Folder of the claims' data, kept as long as the claims are. */
  readonly claimsDir: string;
  readonly lookup: Lookup;
  readonly findClaim: (name: string) => Promise<KubeObject | undefined>;
}

/** Makes the pod's volumes as host folders; returns volume name -> folder. @throws ContainerConfigError. */
export async function mountVolumes(
  pod: PodSpec,
  context: VolumeContext,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.volumes) {
    const name = stringAt(volume, "name") ?? "";
    folders.set(name, await mountVolume(volume, join(context.podDir, "volumes", name), pod, context));
  }
  return folders;
}

async function mountVolume(
  volume: JsonObject,
  folder: string,
  pod: PodSpec,
  context: VolumeContext,
): Promise<string> {
  if (isObject(volume.persistentVolumeClaim)) {
    const name = stringAt(volume, "persistentVolumeClaim", "claimName") ?? "";
    const claim = await context.findClaim(name);
    if (claim === undefined) throw new ContainerConfigError(`persistentvolumeclaim "${name}" not found`);
    const data = join(context.claimsDir, `${pod.namespace}_${name}_${stringAt(claim, "metadata", "uid")}`);
    await mkdir(data, { recursive: true });
    return data;
  }
  const path = stringAt(volume, "hostPath", "path");
  if (path !== undefined) return path;
  await mkdir(folder, { recursive: true });
  if (isObject(volume.configMap)) {
    const name = stringAt(volume, "configMap", "name") ?? "";
    const object = await required(context, "configmaps", name);
    await writeKeys(folder, objectAt(volume, "configMap"), stringsAt(object, "data"), "utf8");
    await writeKeys(folder, objectAt(volume, "configMap"), stringsAt(object, "binaryData"), "base64");
  } else if (isObject(volume.secret)) {
    const object = await required(context, "secrets", stringAt(volume, "secret", "secretName") ?? "");
    await writeKeys(folder, objectAt(volume, "secret"), stringsAt(object, "data"), "base64");
  }
  return folder;
}

async function required(
  context: VolumeContext,
  kind: "configmaps" | "secrets",
  name: string,
): Promise<KubeObject> {
  const object = await context.lookup(kind, name);
  if (object === undefined) throw new ContainerConfigError(`${kind.slice(0, -1)} "${name}" not found`);
  return object;
}

async function writeKeys(
  folder: string,
  source: JsonObject,
  data: Record<string, string>,
  encoding: "utf8" | "base64",
): Promise<void> {
  const items = arrayAt(source, "items").filter(isObject);
  const files =
    items.length === 0
      ? Object.keys(data).map((key) => [key, key] as const)
      : items.map((item) => [stringAt(item, "key") ?? "", stringAt(item, "path") ?? ""] as const);
  for (const [key, path] of files) {
    const content = data[key];
    if (content === undefined) continue;
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    // Another container of the pod may read it now: it finds the file whole, before or after.
    const unfinished = join(dirname(file), `..${randomUUID()}`);
    await writeFile(unfinished, content, { encoding, mode: 0o600 });
    await rename(unfinished, file);
  }
}

/**
 * `text` with every mount path of the container replaced by the host folder behind it: processes share one
 * file system, where a container would have its own.
 */
export function onHost(text: string, container: ContainerSpec, folders: ReadonlyMap<string, string>): string {
  const behind = new Map<string, string>();
  for (const { volume, path, subPath } of container.mounts) {
    const folder = folders.get(volume);
    if (folder !== undefined && path !== "") behind.set(path.replace(/\/$/, ""), join(folder, subPath));
  }
  if (behind.size === 0) return text;
  const longestFirst = [...behind.keys()].toSorted((left, right) => right.length - left.length);
  const paths = longestFirst.map((path) => path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const pattern = new RegExp(`(?<=^|[=:,\\s"'])(?:${paths})(?=$|[/:,;\\s"'])`, "g");
  return text.replace(pattern, (path) => behind.get(path) ?? path);
}
