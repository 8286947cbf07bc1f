import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Program } from "@upgrade-halt/testing";
import { stringify } from "yaml";
import { metricsUrlOf } from "../harness/controller.ts";
import type { Testbed } from "../harness/testbed.ts";
import type { Alertmanager, Labels } from "./alertmanager.ts";
import { startServer } from "./programs.ts";
import { honorsLabels, SHIPPED } from "./shipped.ts";

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A real Prometheus with the rules that are shipped. */
export class Prometheus {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  /**
   * Starts it with what the Prometheus operator makes of the shipped ServiceMonitor: the same job, target labels that
   * name the controller's own pods, and `honor_labels` as the monitor says. Only the intervals are shorter.
   */
  static async start(
    testbed: Testbed,
    controllers: readonly Program[],
    alertmanager: Alertmanager,
    ...flags: readonly string[]
  ): Promise<Prometheus> {
    const file = join(testbed.folder, "prometheus.yaml");
    const config = {
      global: { scrape_interval: "200ms", evaluation_interval: "200ms" },
      rule_files: [join(SHIPPED, "alert-rules.yaml")],
      alerting: { alertmanagers: [{ static_configs: [targetOf(alertmanager.url)] }] },
      scrape_configs: [
        {
          job_name: "mini-controller",
          honor_labels: honorsLabels(),
          static_configs: controllers.map((controller, replica) => ({
            ...targetOf(metricsUrlOf(controller)),
            labels: { namespace: "upgrade-halt-system", pod: `mini-controller-${replica}` },
          })),
        },
      ],
    };
    await writeFile(file, stringify(config));
    const { address } = await startServer(testbed, "prometheus", [`--config.file=${file}`, ...flags]);
    return new Prometheus(`http://${address}`);
  }

  /** The labels of each series that a query answers with. */
  async query(expr: string): Promise<readonly Labels[]> {
    return (await this.samples(expr)).map(({ labels }) => labels);
  }

  /** The series that a query answers with, and the value of each. */
  async samples(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.#url}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: expr }),
    });
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: { metric: Labels; value: [seconds: number, value: string] }[] };
    };
    if (status !== "success") throw new Error(`${expr}: ${error}`);
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }
}

function targetOf(url: string): { targets: string[] } {
  return { targets: [new URL(url).host] };
}
