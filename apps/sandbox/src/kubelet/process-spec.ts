import { join } from "node:path";
import { hasCode } from "@upgrade-halt/kube";
import type { ApiClient } from "../client/api-client.ts";
import { CLAIMS, pathOf } from "../client/resource-path.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { ProcessSpec } from "../process/process-group.ts";
import { ContainerConfigError, containerEnv, expand, type Lookup, type PodAddresses } from "./environment.ts";
import type { RunnableImage } from "./images.ts";
import type { ContainerSpec, PodSpec } from "./pod-spec.ts";
import { mountVolumes, onHost } from "./volumes.ts";

/** Many processes share the machine: each has one arena of glibc's malloc, where it would have one a thread. */
const FRUGAL = { MALLOC_ARENA_MAX: "1" };

/** Where a pod's processes live on this machine. */
export interface PodPlace extends PodAddresses {
  readonly client: ApiClient;
  /** Folder of all pods and claims of this kubelet. */
  readonly homeDir: string;
  /** Folder of this pod alone. */
  readonly podDir: string;
}

/**
 * A container as a process: its command line and environment with mount paths replaced by the folders behind them.
 * @throws ContainerConfigError while something that it needs is missing.
 */
export async function processSpecOf(
  pod: PodSpec,
  container: ContainerSpec,
  image: RunnableImage,
  logFile: string,
  place: PodPlace,
): Promise<ProcessSpec> {
  const { client, podDir } = place;
  const lookup: Lookup = (kind, name) =>
    find(client, pathOf({ apiVersion: "v1", plural: kind }, pod.namespace, name));
  const volumes = await mountVolumes(pod, {
    podDir,
    claimsDir: join(place.homeDir, "claims"),
    lookup,
    findClaim: (name) => find(client, pathOf(CLAIMS, pod.namespace, name)),
  });
  const own = await containerEnv(pod, container, place, lookup);
  const env = { PATH: process.env.PATH ?? "", HOME: podDir, ...FRUGAL, ...image.env, ...own };
  const translate = (text: string): string => onHost(expand(text, own), container, volumes);
  const entrypoint = container.command.length > 0 ? container.command : image.entrypoint;
  const hasOwn = container.command.length > 0 || container.args.length > 0;
  const args = hasOwn ? container.args : image.defaultArgs;
  const values = Object.entries(env).map(([key, value]) => [key, onHost(value, container, volumes)]);
  return {
    command: [...entrypoint, ...args].map(translate),
    env: Object.fromEntries(values),
    cwd: container.workingDir === "" ? podDir : translate(container.workingDir),
    logFile,
  };
}

async function find(client: ApiClient, path: string): Promise<KubeObject | undefined> {
  try {
    return await client.get(path);
  } catch (error) {
    if (hasCode(error, "not-found")) return undefined;
    throw new ContainerConfigError(error instanceof Error ? error.message : String(error));
  }
}
