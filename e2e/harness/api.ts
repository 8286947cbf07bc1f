import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  KubernetesObjectApi,
} from "@kubernetes/client-node";
import { loadKubeconfig } from "./kubeconfig.ts";
import { rawRequest } from "./raw-request.ts";

/** The clients of one API server under one identity. */
export interface Api {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly custom: CustomObjectsApi;
  readonly objects: KubernetesObjectApi;
}

/** Makes the clients for a kubeconfig's current context. */
export function connect(kubeconfig: string): Api {
  const config = loadKubeconfig(kubeconfig);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    objects: KubernetesObjectApi.makeApiClient(config),
  };
}

/** Whether the API server says it is ready. */
export async function apiIsReady(kubeconfig: string): Promise<boolean> {
  const { status } = await rawRequest(loadKubeconfig(kubeconfig), {
    method: "GET",
    path: "/readyz",
    within: 2000,
  });
  return status === 200;
}

/** Whether an error of client-node is the server's answer with this HTTP status. */
export function isStatus(error: unknown, code: number): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
