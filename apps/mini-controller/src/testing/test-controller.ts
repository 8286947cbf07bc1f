import type { KubeApi } from "@upgrade-halt/kube";
import { until } from "@upgrade-halt/testing";
import pino, { type Logger } from "pino";
import { Controller } from "../controller.ts";
import type { Boundary } from "../model/boundary.ts";
import { PagingHosts } from "../paging/paging-hosts.ts";
import { Metrics } from "../server/metrics.ts";
import type { FakeCluster } from "./fake-cluster.ts";
import { type Call, GuardedApi } from "./guarded-api.ts";

export interface TestControllerOptions {
  readonly onCall?: (call: Call) => void;
  /** What stands between the controller and the cluster's API. */
  readonly through?: (api: KubeApi) => KubeApi;
  readonly onBoundary?: (boundary: Boundary, kill: () => void) => void;
  readonly now?: () => number;
  readonly steady?: () => number;
  readonly log?: Logger;
}

/** Tests have their pagers on this machine. */
export const LOCAL_PAGERS = PagingHosts.parse("http://127.0.0.1:*");

/** A controller over a fake cluster, as a process would be: it can be killed, and says when it was. */
export class TestController {
  readonly api: GuardedApi;
  readonly controller: Controller;
  readonly metrics = new Metrics();
  killed = false;
  readonly #cluster: FakeCluster;

  constructor(
    cluster: FakeCluster,
    {
      onCall,
      through = (api) => api,
      onBoundary,
      now,
      steady,
      log = pino({ level: "silent" }),
    }: TestControllerOptions = {},
  ) {
    this.#cluster = cluster;
    this.api = new GuardedApi(through(cluster.api), onCall);
    this.controller = new Controller({
      api: this.api,
      log,
      metrics: this.metrics,
      pagingHosts: LOCAL_PAGERS,
      readNode: cluster.readNode,
      ...(now === undefined ? {} : { now }),
      ...(steady === undefined ? {} : { steady }),
      onBoundary: (boundary) => {
        if (this.killed) throw new Error("the process was killed");
        onBoundary?.(boundary, () => this.kill());
      },
    });
  }

  async start(): Promise<this> {
    await this.controller.sync();
    this.controller.work();
    await until("every node to be read", () => this.#cluster.isRead || this.killed);
    return this;
  }

  /** Ends it in the middle of whatever it does. */
  kill(): never {
    this.killed = true;
    this.api.kill();
    throw new Error("the process was killed");
  }

  async stop(): Promise<void> {
    await this.controller.stop();
  }
}
