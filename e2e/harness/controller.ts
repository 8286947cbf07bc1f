import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Boundary } from "@upgrade-halt/mini-controller";
import type { Program, ProgramOptions } from "@upgrade-halt/testing";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "./install.ts";
import { kubeconfigWithToken } from "./kubeconfig.ts";
import { startBin } from "./programs.ts";
import type { Testbed } from "./testbed.ts";

/** Where a controller works: a namespace of a cluster that has its manifests, and a folder for its kubeconfig. */
export type ControllerPlace = Pick<Testbed, "api" | "namespace" | "folder" | "cleanup">;

/**
 * Starts the real controller for the place's namespace, with the rights of its own ServiceAccount; resolves when it
 * is ready. It is stopped with the place, if it wasn't before.
 */
export function startController(testbed: ControllerPlace, ...flags: readonly string[]): Promise<Program> {
  return startControllerWith(testbed, { flags });
}

export interface ControllerOptions {
  readonly flags?: readonly string[];
  /** Where it finds the API server, such as a proxy's URL; the cluster's own address unless said. */
  readonly server?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds that it may take to be ready (90 s unless said). */
  readonly within?: number | undefined;
}

/** As `startController`, with more that may be different. */
export function startControllerWith(testbed: ControllerPlace, options: ControllerOptions): Promise<Program> {
  const { flags = [], server, env = {}, within } = options;
  const ready = ({ lines }: Program) => lines().some(saysReady);
  return start(testbed, flags, { ready, env: { ...process.env, ...env }, within }, server);
}

/**
 * Starts the controller to kill itself at a boundary of its work (or at the n-th of any), which may be before it is
 * ready.
 */
export function startDoomedController(
  testbed: Testbed,
  boundary: Boundary | `any#${number}`,
): Promise<Program> {
  return start(testbed, [], { env: { ...process.env, MINI_CONTROLLER_CRASH_AT: boundary } });
}

/** The scenarios' pagers are on this machine, and one is nowhere. */
const PAGING_HOSTS = "events.pagerduty.com,http://127.0.0.1:*,http://pager.invalid";

async function start(
  testbed: ControllerPlace,
  flags: readonly string[],
  options: ProgramOptions,
  server?: string,
): Promise<Program> {
  const where = [
    "--kubeconfig",
    await controllerKubeconfig(testbed, server),
    "--namespace",
    testbed.namespace,
  ];
  const how = ["--metrics-addr", "127.0.0.1:0", "--log-format", "json", "--paging-hosts", PAGING_HOSTS];
  const controller = await startBin("mini-controller", ["run", ...where, ...how, ...flags], options);
  testbed.cleanup.add(() => controller.stop());
  return controller;
}

/** Where a controller that is ready serves `/metrics`, as its log says. */
export function metricsUrlOf(controller: Program): string {
  const line = controller.lines().find(saysReady) ?? "{}";
  return String(JSON.parse(line).metrics);
}

function saysReady(line: string): boolean {
  return line.startsWith("{") && JSON.parse(line).msg === "ready";
}

/** Writes a kubeconfig with the rights of the controller's ServiceAccount; `server` takes the place of the cluster's own. */
export async function controllerKubeconfig(
  { api, folder }: Pick<ControllerPlace, "api" | "folder">,
  server?: string,
): Promise<string> {
  const { status } = await api.core.createNamespacedServiceAccountToken({
    namespace: SYSTEM_NAMESPACE,
    name: SERVICE_ACCOUNT,
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  if (!status?.token) throw new Error(`no token for ServiceAccount ${SERVICE_ACCOUNT}`);
  const file = join(folder, `controller-${randomUUID()}.kubeconfig`);
  return kubeconfigWithToken(file, api.config, status.token, server);
}
