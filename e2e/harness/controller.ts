import { join } from "node:path";
import type { Boundary } from "../../apps/mini-controller/src/halts/boundary.ts";
import { SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from "./install.ts";
import { kubeconfigWithToken } from "./kubeconfig.ts";
import type { Program, ProgramOptions } from "./program.ts";
import { startBin } from "./programs.ts";
import type { World } from "./world.ts";

/**
 * Starts the real controller for the world's namespace, with the rights of its own ServiceAccount; resolves when it
 * is ready. It is stopped with the world, if it wasn't before.
 */
export function startController(world: World, ...flags: readonly string[]): Promise<Program> {
  return start(world, flags, { ready: ({ lines }) => lines().some(saysReady) });
}

/** Starts the controller to kill itself at a boundary of its work, which may be before it is ready. */
export function startDoomedController(world: World, boundary: Boundary): Promise<Program> {
  return start(world, [], { env: { ...process.env, MINI_CONTROLLER_CRASH_AT: boundary } });
}

async function start(world: World, flags: readonly string[], options: ProgramOptions): Promise<Program> {
  const where = ["--kubeconfig", await ownKubeconfig(world), "--namespace", world.namespace];
  const how = ["--metrics-addr", "127.0.0.1:0", "--log-format", "json"];
  const controller = await startBin("mini-controller", ["run", ...where, ...how, ...flags], options);
  world.cleanup.add(() => controller.stop());
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

async function ownKubeconfig({ api, folder }: World): Promise<string> {
  const { status } = await api.core.createNamespacedServiceAccountToken({
    namespace: SYSTEM_NAMESPACE,
    name: SERVICE_ACCOUNT,
    body: { spec: { audiences: [], expirationSeconds: 3600 } },
  });
  if (!status?.token) throw new Error(`no token for ServiceAccount ${SERVICE_ACCOUNT}`);
  return kubeconfigWithToken(join(folder, "controller.kubeconfig"), api.config, status.token);
}
