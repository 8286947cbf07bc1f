import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { readStatus } from "@upgrade-halt/consumer";
import {
  type ClusterAccess,
  fencedDispatcher,
  hasCode,
  KubeClient,
  loadClusterAccess,
  messageOf,
} from "@upgrade-halt/kube";
import type { Logger } from "pino";
import { Agent } from "undici";
import { Controller } from "../controller.ts";
import { ControllerError } from "../controller-error.ts";
import { Fence } from "../kube/fence.ts";
import { LeaderElection } from "../kube/leader-election.ts";
import { collectionPath, HALT_POLICIES, NODE_HALTS, NODE_RECORDS } from "../kube/paths.ts";
import { guardedLookup } from "../paging/addresses.ts";
import { PagingHosts } from "../paging/paging-hosts.ts";
import { HttpServer } from "../server/http-server.ts";
import { Metrics } from "../server/metrics.ts";
import { crashPoint } from "./crash-point.ts";
import { createLogger, type LogFormat } from "./logger.ts";
import { memorySaver } from "./save-memory.ts";
import { UsageError } from "./usage-error.ts";

/** Options of `mini-controller run`, as commander gives them. */
export interface RunOptions {
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly metricsAddr: string;
  readonly logFormat: LogFormat;
  readonly logLevel: string;
  readonly leaderElect: boolean;
  readonly leaderNamespace?: string;
  readonly leaseSeconds: string;
  readonly pagingHosts: string;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** A node that is asked every five seconds keeps its connection from one to the next; CometBFT closes it after ten. */
const NODE_KEEP_ALIVE_MS = 7_000;
const LEASE_NAME = "upgrade-halt-mini-controller";
/** Where `deploy/` puts the controller, for a kubeconfig that names no namespace. */
const LEASE_NAMESPACE = "upgrade-halt-system";

/**
 * Runs the controller until a signal. Resolves when it was asked to stop and has.
 *
 * @throws {ControllerError} when the cluster can't be reached, lacks the CRDs, or the lease is lost.
 */
export async function run(options: RunOptions): Promise<void> {
  const leaseMs = leaseMsOf(options.leaseSeconds);
  if (!/^\S+:\d+$/.test(options.metricsAddr) || !URL.canParse(`http://${options.metricsAddr}`)) {
    throw new UsageError(`--metrics-addr ${options.metricsAddr} is no host:port such as 0.0.0.0:8080`);
  }
  const pagingHosts = pagingHostsOf(options.pagingHosts);
  const crash = crashPoint();
  const log = createLogger(options.logFormat, options.logLevel);
  const access = await loadClusterAccess(options.kubeconfig);
  const stopping = stopSignal(log);
  const metrics = new Metrics();
  const onRequest = (verb: string, code: string, seconds: number) =>
    metrics.requests.observe({ verb, code }, seconds);
  const fence = new Fence((leaseMs * 2) / 3);
  const api = await KubeClient.connect(
    access,
    options.leaderElect ? { allowWrite: fence.check, onRequest } : { onRequest },
  );
  const pagers = new Agent({ connect: { lookup: guardedLookup } });
  const nodes = new Agent({
    connections: 1,
    keepAliveTimeout: NODE_KEEP_ALIVE_MS,
    keepAliveMaxTimeout: NODE_KEEP_ALIVE_MS,
  });
  try {
    await checkCluster(api, access.server, options.namespace);
    const controller = new Controller({
      api,
      namespace: options.namespace,
      log,
      metrics,
      pagingHosts,
      onBoundary: (boundary) => {
        memorySaver.spend();
        crash(boundary);
      },
      pages: options.leaderElect ? fencedDispatcher(pagers, fence.check) : pagers,
      readNode: (url, limits) => readStatus(url, { ...limits, dispatcher: nodes }),
    });
    const server = await serve(options.metricsAddr, controller, metrics);
    try {
      await stopping.race(controller.sync());
      memorySaver.litter();
      log.info({ metrics: `http://${server.address}`, server: access.server }, "ready");
      if (options.leaderElect)
        await lead(controller, { access, fence, leaseMs, options, log, metrics, stop: stopping.signal });
      else await workUntil(controller, metrics, stopping.signal);
    } finally {
      await controller.stop();
      await server.close();
    }
  } finally {
    stopping.dispose();
    await Promise.all([pagers.destroy(), nodes.destroy()]);
    await api.close();
  }
}

function leaseMsOf(seconds: string): number {
  const ms = Number(seconds) * 1000;
  if (Number.isFinite(ms) && ms >= 1_000) return ms;
  throw new UsageError(`--lease-seconds ${seconds} is no number of at least 1`);
}

function pagingHostsOf(list: string): PagingHosts {
  try {
    return PagingHosts.parse(list);
  } catch (error) {
    throw new UsageError(`--paging-hosts: ${messageOf(error)}`);
  }
}

async function workUntil(controller: Controller, metrics: Metrics, signal: AbortSignal): Promise<void> {
  metrics.leading.set(1);
  if (signal.aborted) return;
  controller.work();
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** What has to be there before it starts, in the names of the CRDs. */
const OWN_RESOURCES = [HALT_POLICIES, NODE_HALTS, NODE_RECORDS] as const;

/** A short list of each of its own resources tells whether server, credentials, CRDs and rights are all there. */
async function checkCluster(api: KubeClient, server: string, namespace: string | undefined): Promise<void> {
  for (const resource of OWN_RESOURCES) {
    try {
      await api.list(collectionPath(resource, namespace), { limit: 1 });
    } catch (cause) {
      throw whyNotListed(resource.plural, server, cause);
    }
  }
}

function whyNotListed(plural: string, server: string, cause: unknown): unknown {
  if (hasCode(cause, "unreachable", "timeout")) {
    const why = cause.cause instanceof Error ? messageOf(cause.cause) : cause.message;
    const message = `the API server at ${server} can't be reached (${why}): check the kubeconfig`;
    return new ControllerError(cause.code, message, { cause });
  }
  if (hasCode(cause, "not-found")) {
    const message = `the cluster has no ${plural}.upgrade-halt.dev: apply deploy/crds of this release first`;
    return new ControllerError("not-found", message, { cause });
  }
  if (!hasCode(cause, "forbidden")) return cause;
  const message = `it may not list ${plural}.upgrade-halt.dev: apply the manifests of this release first`;
  return new ControllerError("forbidden", message, { cause });
}

async function serve(address: string, controller: Controller, metrics: Metrics): Promise<HttpServer> {
  return await HttpServer.listen(address, {
    "/healthz": async () => ({ status: 200, body: "ok\n" }),
    "/readyz": async () =>
      controller.hasSynced
        ? { status: 200, body: "ok\n" }
        : { status: 503, body: "not everything was listed yet\n" },
    "/metrics": async () => ({
      status: 200,
      body: await metrics.registry.metrics(),
      type: metrics.registry.contentType,
    }),
  });
}

interface LeadOptions {
  readonly access: ClusterAccess;
  readonly fence: Fence;
  readonly leaseMs: number;
  readonly options: RunOptions;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
}

/**
 * Works while it leads. A lost lease ends the process: what it had in hand is for the next leader to finish. Asked to
 * stop, it finishes that itself and gives the lease back only then.
 */
async function lead(
  controller: Controller,
  { access, fence, leaseMs, options, log, metrics, stop }: LeadOptions,
): Promise<void> {
  const api = await KubeClient.connect(access, { timeoutMs: Math.ceil(leaseMs / 3) });
  const election = new LeaderElection({
    api,
    namespace: options.leaderNamespace ?? access.namespace ?? LEASE_NAMESPACE,
    name: LEASE_NAME,
    identity: `${hostname()}_${randomUUID()}`,
    fence,
    leaseMs,
    retryMs: leaseMs / 7.5,
    onProblem: (message) => log.warn({ lease: LEASE_NAME }, message),
  });
  try {
    await election.acquire(stop).catch(() => {});
    if (stop.aborted) return;
    log.info({ lease: LEASE_NAME }, "leading");
    metrics.leading.set(1);
    controller.work();
    const idle = new AbortController();
    const onStop = () => void controller.stop().finally(() => idle.abort());
    if (stop.aborted) onStop();
    else stop.addEventListener("abort", onStop, { once: true });
    const end = await election.hold(idle.signal);
    metrics.leading.set(0);
    if (end === "lost") {
      throw new ControllerError(
        "not-leading",
        "the lease was lost: it was not renewed in time, or another instance holds it",
      );
    }
    await election.release();
  } finally {
    await api.close();
  }
}

interface StopSignal {
  readonly signal: AbortSignal;
  /** Waits for `work`, or for the signal if that comes first. */
  race(work: Promise<void>): Promise<void>;
  /** Leaves the signals to their default again. */
  dispose(): void;
}

/** Aborts on SIGTERM and SIGINT. */
function stopSignal(log: Logger): StopSignal {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    log.info({ signal: name }, "stopping");
    controller.abort();
  };
  for (const name of SIGNALS) process.once(name, onSignal);
  const { signal } = controller;
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  return {
    signal,
    race: async (work) => await Promise.race([work, aborted]),
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
