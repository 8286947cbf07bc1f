import { join } from "node:path";
import { until } from "@upgrade-halt/testing";
import type { Testbed } from "../harness/testbed.ts";
import { type Server, startServer } from "./programs.ts";
import { SHIPPED } from "./shipped.ts";

export type Labels = Readonly<Record<string, string>>;

/** An alert as Alertmanager's v2 API shows it. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly fingerprint: string;
  readonly receivers: readonly { readonly name: string }[];
  /** RFC 3339. */
  readonly endsAt: string;
  readonly status: {
    readonly state: "unprocessed" | "active" | "suppressed";
    /** Fingerprints of the alerts that inhibit it. */
    readonly inhibitedBy: readonly string[];
  };
}

export interface AlertmanagerOptions {
  /** Host and port where another was; of its own choice unless given. */
  readonly address?: string;
  /** Path of its configuration: the one that is shipped unless given. */
  readonly config?: string;
  /** More flags. */
  readonly flags?: readonly string[];
}

/** A real Alertmanager. */
export class Alertmanager {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(testbed: Testbed, options: AlertmanagerOptions = {}): Promise<Alertmanager> {
    const { address, config = join(SHIPPED, "alertmanager.yaml"), flags = [] } = options;
    const all = [`--config.file=${config}`, "--cluster.listen-address=", ...flags];
    return new Alertmanager(await startServer(testbed, "alertmanager", all, address));
  }

  get url(): string {
    return `http://${this.#server.address}`;
  }

  /** Ends it, and starts another at its address that remembers no alert: Alertmanager keeps them in memory alone. */
  async restart(testbed: Testbed, options: Omit<AlertmanagerOptions, "address"> = {}): Promise<Alertmanager> {
    await this.#server.stop();
    return await Alertmanager.start(testbed, { ...options, address: this.#server.address });
  }

  /** Sends an alert as another Prometheus rule would, about something else than upgrade-halt; one that began now unless said. */
  async post(labels: Labels, startsAt = new Date()): Promise<void> {
    const response = await fetch(`${this.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ labels, startsAt }]),
    });
    if (!response.ok) throw new Error(`Alertmanager refused the alert: ${response.status}`);
  }

  /** The alerts that have all of `labels`. */
  async alerts(labels: Labels): Promise<readonly Alert[]> {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    const alerts = (await response.json()) as readonly Alert[];
    return alerts.filter((alert) => isPartOf(labels, alert.labels));
  }

  /** Waits for an alert with all of `labels` that `is` as wanted. */
  async seen(labels: Labels, what: string, is: (alert: Alert) => boolean = () => true): Promise<Alert> {
    return until(
      `alert ${JSON.stringify(labels)} to be ${what}`,
      async () => (await this.alerts(labels)).find(is),
      { explain: async () => JSON.stringify(await this.alerts({}), null, 2) },
    );
  }

  /** How many alerts its v2 API was ever sent that fire, or that are over. */
  async received(status: "firing" | "resolved"): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const count = new RegExp(
      `^alertmanager_alerts_received_total\\{status="${status}",version="v2"\\} (\\d+)$`,
      "m",
    );
    return Number(count.exec(text)?.[1]);
  }
}

function isPartOf(part: Labels, whole: Labels): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}
