import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { ApiClient } from "../client/api-client.ts";
import { pathOf } from "../client/resource-path.ts";
import { arrayAt, at, isObject, type Json, stringAt } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { SandboxError } from "../sandbox-error.ts";

/** The objects of a kustomization's resources, in its order. @throws SandboxError naming the file at fault. */
export async function readKustomization(folder: string): Promise<readonly KubeObject[]> {
  const kustomization = parse(await read(join(folder, "kustomization.yaml"))) as Json;
  const objects: KubeObject[] = [];
  for (const resource of arrayAt(kustomization, "resources")) {
    if (typeof resource === "string") objects.push(...(await readObjects(join(folder, resource))));
  }
  return objects;
}

async function readObjects(file: string): Promise<readonly KubeObject[]> {
  if (!file.endsWith(".yaml")) return readKustomization(file);
  return parseAllDocuments(await read(file))
    .map((document) => document.toJS() as Json)
    .filter(isObject)
    .map((value) => {
      if (stringAt(value, "metadata", "name") === undefined) {
        throw new SandboxError(`${file} holds an object without a name`);
      }
      return value as KubeObject;
    });
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new SandboxError(`can't read the manifest ${file}`, { cause });
  }
}

/** Applies objects server-side, as `kubectl apply --server-side --force-conflicts` does. */
export class Applier {
  readonly #client: ApiClient;
  readonly #plurals = new Map<string, { readonly plural: string; readonly namespaced: boolean }>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async apply(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) {
      const { plural, namespaced } = await this.#resourceOf(object);
      const namespace = namespaced ? (stringAt(object, "metadata", "namespace") ?? "default") : "";
      const path = pathOf({ apiVersion: object.apiVersion, plural }, namespace, object.metadata.name);
      await this.#client.apply(`${path}?fieldManager=upgrade-halt-sandbox&force=true`, object);
    }
  }

  /** Looks the kind up in discovery; a CRD just applied may take a moment to be served. */
  async #resourceOf({
    apiVersion,
    kind,
  }: KubeObject): Promise<{ readonly plural: string; readonly namespaced: boolean }> {
    const key = `${apiVersion}/${kind}`;
    for (let attempt = 0; !this.#plurals.has(key) && attempt < 100; attempt += 1) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      await this.#discover(apiVersion);
    }
    const found = this.#plurals.get(key);
    if (found === undefined) throw new SandboxError(`the cluster serves no ${kind} of ${apiVersion}`);
    return found;
  }

  async #discover(apiVersion: string): Promise<void> {
    const root = apiVersion.includes("/") ? "/apis" : "/api";
    const list = await this.#client.get(`${root}/${apiVersion}`).catch(() => undefined);
    for (const resource of arrayAt(list, "resources")) {
      const plural = stringAt(resource, "name") ?? "";
      if (plural.includes("/")) continue;
      this.#plurals.set(`${apiVersion}/${stringAt(resource, "kind")}`, {
        plural,
        namespaced: at(resource, "namespaced") === true,
      });
    }
  }
}

/** The folder `name` beside a package's package.json. */
export function folderBeside(packageJson: string, name: string): string {
  return join(dirname(packageJson), name);
}
